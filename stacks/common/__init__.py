"""Code that several capabilities use: policies, functions, custom resources, validation."""
