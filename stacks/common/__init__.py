"""What the capabilities share: policies, functions, custom resources, log groups, validation."""
