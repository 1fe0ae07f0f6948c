"""Transform steps: each runs a transform job."""

from __future__ import annotations

from local_cloud.sagemaker.jobs.job_kinds import TRANSFORM
from local_cloud.sagemaker.jobs.request_checks import transform_findings
from local_cloud.sagemaker.pipelines.job_step import job_executor

EXECUTOR = job_executor(
    TRANSFORM,
    findings=transform_findings,
    cache_key_attributes=("DataProcessing", "Environment", "ModelName", "TransformInput"),
)
