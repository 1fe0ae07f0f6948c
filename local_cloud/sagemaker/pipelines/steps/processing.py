"""Processing steps: each runs a processing job."""

from __future__ import annotations

from local_cloud.sagemaker.jobs.job_kinds import PROCESSING
from local_cloud.sagemaker.jobs.request_checks import processing_findings
from local_cloud.sagemaker.pipelines.job_step import job_executor

EXECUTOR = job_executor(
    PROCESSING,
    findings=processing_findings,
    cache_key_attributes=("AppSpecification", "Environment", "ProcessingInputs"),
)
