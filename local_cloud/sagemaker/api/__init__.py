"""The SageMaker API: moto's back end and responses, with the actions that run for real."""
