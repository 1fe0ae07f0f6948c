"""Processing and training jobs: child processes that see what SageMaker's containers see."""
