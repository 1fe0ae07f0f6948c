"""Pipelines: a definition becomes a plan, an execution runs its steps."""
