"""Retry policies of steps. Source: "Retry Policy for Pipeline Steps" in the developer guide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    ReadTimeoutError,
)

SERVICE_FAULT = "Step.SERVICE_FAULT"
THROTTLING = "Step.THROTTLING"
JOB_INTERNAL_ERROR = "SageMaker.JOB_INTERNAL_ERROR"
CAPACITY_ERROR = "SageMaker.CAPACITY_ERROR"
RESOURCE_LIMIT = "SageMaker.RESOURCE_LIMIT"
# The developer guide's name for CAPACITY_ERROR of the SDK.
_EQUAL_NAMES = {"SageMaker.JOB_CAPACITY_ERROR": CAPACITY_ERROR}
_JOB_PREFIXES = {"InternalServerError": JOB_INTERNAL_ERROR, "CapacityError": CAPACITY_ERROR}
_CODES = {
    "ThrottlingException": THROTTLING,
    "Throttling": THROTTLING,
    "TooManyRequestsException": THROTTLING,
    "RequestThrottled": THROTTLING,  # SQS
    "ResourceLimitExceeded": RESOURCE_LIMIT,
    "CapacityError": CAPACITY_ERROR,
}
_SERVER_FAULT = 500


@dataclass(frozen=True)
class RetryPolicy:
    """The number and the intervals of retries after certain exception types."""

    exception_types: frozenset[str]
    interval_seconds: float = 1.0
    backoff_rate: float = 2.0
    max_attempts: int = 5
    expire_after: timedelta = timedelta(days=1)

    def delay_seconds(self, retry: int) -> float:
        """Return the pause before retry number `retry` (from 1)."""
        return float(self.interval_seconds * self.backoff_rate ** (retry - 1))


# The retries of steps without a policy for these exception types. The guide does not document
# their number; the defaults of a policy are used.
_DEFAULT_POLICY = RetryPolicy(frozenset({SERVICE_FAULT, THROTTLING}))


def parse(entries: Sequence[Mapping[str, Any]]) -> tuple[RetryPolicy, ...]:
    """Return the RetryPolicies of a step."""
    return tuple(_parse_one(entry) for entry in entries)


def delay_before_retry(
    policies: Sequence[RetryPolicy], *, exception_type: str, retry: int, elapsed: timedelta
) -> float | None:
    """Return the seconds before retry number `retry`, or None if no policy allows a retry.

    By default, the service retries throttled and failed calls. A policy can change the number of
    retries.
    """
    for policy in (*policies, _DEFAULT_POLICY):
        if exception_type in policy.exception_types:
            granted = retry <= policy.max_attempts and elapsed < policy.expire_after
            return policy.delay_seconds(retry) if granted else None
    return None


def type_of_client_error(error: ClientError) -> str | None:
    """Return the exception type of a rejected call, or None if a retry would not help."""
    code = error.response["Error"]["Code"]
    if code in _CODES:
        return _CODES[code]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return SERVICE_FAULT if status >= _SERVER_FAULT else None


def type_of_no_answer(error: BotoCoreError) -> str | None:
    """Return the exception type of a call without response, or None for a time-out."""
    if isinstance(error, ReadTimeoutError):
        return None
    return SERVICE_FAULT if isinstance(error, (ConnectionError, HTTPClientError)) else None


def is_call_failure(exception_type: str | None) -> bool:
    """Return whether the call itself failed, not the job or resource that it created."""
    return exception_type in (SERVICE_FAULT, THROTTLING)


def type_of_job_failure(reason: str) -> str | None:
    """Return the exception type of a failed job, from the prefix of its FailureReason."""
    return _JOB_PREFIXES.get(reason.partition(":")[0])


def _parse_one(entry: Mapping[str, Any]) -> RetryPolicy:
    options: dict[str, Any] = {}
    if "ExpireAfterMin" in entry:
        options["expire_after"] = timedelta(minutes=entry["ExpireAfterMin"])
    if "MaxAttempts" in entry:
        options["max_attempts"] = int(entry["MaxAttempts"])
    return RetryPolicy(
        exception_types=frozenset(_EQUAL_NAMES.get(name, name) for name in entry["ExceptionType"]),
        interval_seconds=float(entry.get("IntervalSeconds", 1)),
        backoff_rate=float(entry.get("BackoffRate", 2.0)),
        **options,
    )
