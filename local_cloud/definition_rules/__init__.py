"""AWS' rules for definitions of SageMaker pipelines. CreatePipeline rejects a violation.

The rules use only botocore's models and the standard library, and check a definition from any
source. The laptop cloud applies the rules in CreatePipeline. An app can apply them before it
deploys.
"""
