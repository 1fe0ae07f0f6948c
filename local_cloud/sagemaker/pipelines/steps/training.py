"""Training steps: each runs a training job."""

from __future__ import annotations

from local_cloud.sagemaker.jobs.job_kinds import TRAINING
from local_cloud.sagemaker.jobs.request_checks import training_findings
from local_cloud.sagemaker.pipelines.job_step import job_executor

EXECUTOR = job_executor(
    TRAINING,
    findings=training_findings,
    cache_key_attributes=(
        "AlgorithmSpecification",
        "CheckpointConfig",
        "DebugHookConfig",
        "DebugRuleConfigurations",
        "Environment",
        "HyperParameters",
        "InputDataConfig",
    ),
)
