"""Functions with which the commands read and control SageMaker, only through its API."""
