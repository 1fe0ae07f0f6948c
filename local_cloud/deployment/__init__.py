"""Deploying: synthesise once, deploy with the real CDK CLI, verify what came of it."""
