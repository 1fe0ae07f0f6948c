"""The SageMaker API: moto's back end and responses, with actions that run real processes."""
