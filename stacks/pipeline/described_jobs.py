"""The jobs of a pipeline whose descriptions may be read, such as their durations."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from stacks.common.permissions import Scope
from stacks.pipeline.pipeline_context import PipelineContext

# The prefix of the names of all jobs and models that SageMaker Pipelines creates.
CREATED = "pipelines-*"
BY_SAGEMAKER = "SageMaker Pipelines names its jobs and models when it makes them."
# The name of a tuning job has at most 32 characters, which the prefix does not fit into. The names
# of its training jobs begin with its name.
TUNING, _BY_TUNING = "hyper-parameter-tuning-job", "The names of tuning jobs have no fixed prefix."
_DESCRIBED = {
    "processing-job": "sagemaker:DescribeProcessingJob",
    "training-job": "sagemaker:DescribeTrainingJob",
    "transform-job": "sagemaker:DescribeTransformJob",
}


def described_jobs(scope: Construct, pipeline: PipelineContext) -> dict[str, Scope]:
    """Return the actions that describe the jobs of a pipeline, with their resources."""
    return {
        **{
            action: Scope(resources=[_arn(scope, kind, CREATED)], reason=BY_SAGEMAKER)
            for kind, action in _DESCRIBED.items()
            if kind in pipeline.manifest.creates
        },
        **tuned_jobs(scope, pipeline),
    }


def tuned_jobs(scope: Construct, pipeline: PipelineContext) -> dict[str, Scope]:
    """Return the actions that read the training jobs of tuning jobs, with their resources."""
    if TUNING not in pipeline.manifest.creates:
        return {}
    return {
        "sagemaker:ListTrainingJobsForHyperParameterTuningJob": Scope(
            resources=[_arn(scope, TUNING, "*")], reason=_BY_TUNING
        ),
        "sagemaker:DescribeTrainingJob": Scope(
            resources=[_arn(scope, "training-job", "*")], reason=_BY_TUNING
        ),
    }


def _arn(scope: Construct, kind: str, name: str) -> str:
    return cdk.Stack.of(scope).format_arn(service="sagemaker", resource=kind, resource_name=name)
