"""Deployment: synthesises once, deploys with the real CDK CLI, and verifies the result."""
