"""Pipelines: a definition is parsed into a plan, and an execution runs the steps of the plan."""
