"""Executions of pipelines: find, summarise, show and follow them through SageMaker's API."""
