"""What the commands know of SageMaker, through its API alone."""
