"""What a step does about failures and repetition: retry policies and reuse of earlier runs."""

from typing import Any

from sagemaker.mlops.workflow.retry import (
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.mlops.workflow.steps import CacheConfig


def service_retries() -> list[Any]:
    """Retry what AWS fails to answer: throttled calls and faults of the service."""
    return [
        StepRetryPolicy(
            exception_types=[StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING],
            interval_seconds=10,
            backoff_rate=2.0,
            max_attempts=5,
        )
    ]


def job_retries() -> list[Any]:
    """Retry what AWS fails to answer or to run; never a fault of the pipeline's own code.

    Capacity comes back slowly, so its attempts reach over some two hours.
    """
    return [
        *service_retries(),
        SageMakerJobStepRetryPolicy(
            exception_types=[
                SageMakerJobExceptionTypeEnum.CAPACITY_ERROR,
                SageMakerJobExceptionTypeEnum.RESOURCE_LIMIT,
            ],
            interval_seconds=60,
            backoff_rate=2.0,
            max_attempts=7,
        ),
        SageMakerJobStepRetryPolicy(
            failure_reason_types=[SageMakerJobExceptionTypeEnum.INTERNAL_ERROR],
            interval_seconds=30,
            backoff_rate=2.0,
            max_attempts=3,
        ),
    ]


def cache_for(days: int) -> CacheConfig:
    """Reuse a run with equal inputs that is at most `days` old."""
    return CacheConfig(enable_caching=True, expire_after=f"P{days}D")
