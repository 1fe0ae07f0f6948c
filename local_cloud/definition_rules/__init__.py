"""AWS' rules for definitions of SageMaker pipelines: what CreatePipeline rejects.

They need only botocore's models and the standard library, and accept a definition from any source.
The laptop cloud applies them to CreatePipeline, an app can apply them before it deploys.
"""
