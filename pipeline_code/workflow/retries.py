"""The retry policies of steps."""

from typing import Any

from sagemaker.mlops.workflow.retry import (
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)


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
