"""SageMaker Studio: a workplace for notebooks in the VPC of an environment."""
