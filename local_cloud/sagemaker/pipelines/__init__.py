"""Pipelines: parses a definition into a plan, and runs the steps of the plan in executions."""
