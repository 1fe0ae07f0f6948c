"""SageMaker ML Lineage Tracking: what jobs, packages and deployments have used and produced.

https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-auto-creation.html
"""
