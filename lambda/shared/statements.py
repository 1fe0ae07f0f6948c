"""Starts statements through the Redshift Data API, waits for them and cancels them."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from botocore.exceptions import ClientError

logger = logging.getLogger()

ACTIVE = ("SUBMITTED", "PICKED", "STARTED")
FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.1, 5.0
CANCEL_PAUSE_SECONDS = 0.5
# How long a cancelled statement may take to end; less than `deadline.RESPONSE_SECONDS`.
CANCEL_SECONDS = 10.0
# How often the same work may be started; more than this means that the caller is in a loop.
MAX_STARTS = 50
# Errors that may disappear when the call is retried. The service returns the environmental errors
# (…ExecuteStatementException) while a cluster is rebooted, resized or maintained.
TRANSIENT_ERRORS = (
    "ActiveStatementsExceededException",
    "BatchExecuteStatementException",
    "DatabaseConnectionException",
    "ExecuteStatementException",
    "InternalServerException",
    "ServiceUnavailable",
    "ThrottlingException",
)
# Environment variable -> Data API parameter.
CONNECTION_PARAMETERS = {
    "CLUSTER_IDENTIFIER": "ClusterIdentifier",
    "WORKGROUP_NAME": "WorkgroupName",
    "DATABASE": "Database",
    "DB_USER": "DbUser",
    "SECRET_ARN": "SecretArn",
}


class StatementFailed(Exception):
    """A statement failed or was aborted; `described` is the response of DescribeStatement."""

    def __init__(self, described: dict[str, Any]) -> None:
        parts = [part for part in described.get("SubStatements", []) if part["Status"] == "FAILED"]
        errors = [each["Error"] for each in (*parts, described) if each.get("Error")]
        outcome = ": ".join([described["Status"], *errors[:1]])
        super().__init__(f"statement {described['Id']} is {outcome}")
        self.described = described


class StatementTimeout(Exception):
    """A statement was cancelled because the function had no time left to wait for it."""


class CancellationTimeout(Exception):
    """A statement was cancelled because of the time limit, but is still running."""


def connection() -> dict[str, str]:
    """Return the Data API parameters that identify the warehouse and the database user.

    Without DbUser and SecretArn the Data API logs in with the role of the function.
    """
    return {
        name: os.environ[key] for key, name in CONNECTION_PARAMETERS.items() if key in os.environ
    }


def error_code(error: Exception) -> str:
    """Return the error code of a ClientError, or an empty string for other exceptions."""
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""


def is_transient(error: Exception) -> bool:
    """Return whether a retry may succeed, for example after throttling or a service fault."""
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error_code(error) in TRANSIENT_ERRORS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def start(
    client: Any, work: Sequence[str], seconds_left: Callable[[], float], **request: Any
) -> str:
    """Start a batch for `work` and return its id.

    `work` identifies the work and the request that it belongs to. Lambda may invoke a function
    again for the same work, for example when the response was lost or the function timed out. If
    the batch of an earlier invocation is still running, return its id, because two batches for the
    same work would disturb each other. If it has ended, start a new one. Transient errors are
    retried while there is time.

    Raises:
        ClientError: the Data API did not accept the batch.
    """
    now = datetime.now(UTC)
    for token in _client_tokens(work):
        started = _submit(client, seconds_left, {**request, "ClientToken": token})
        if started["CreatedAt"] >= now or not _has_ended(client, started["Id"]):
            return str(started["Id"])
        logger.info("Statement %s has ended: starting a new one", started["Id"])
    raise RuntimeError(
        f"{' '.join(work)} was started {MAX_STARTS} times: find out which caller repeats it"
    )


def start_once(
    client: Any, work: Sequence[str], seconds_left: Callable[[], float], **request: Any
) -> str:
    """Start a batch like `start`, but never a second one for the same `work`."""
    token = next(_client_tokens(work))
    return str(_submit(client, seconds_left, {**request, "ClientToken": token})["Id"])


def _client_tokens(work: Sequence[str]) -> Iterator[str]:
    """Yield ClientTokens (64 characters): one for the first start of the work, one for the next, …

    They are derived from `work`, so every invocation yields the same tokens. The Data API forgets a
    token after some hours, so the same work can start again on the next day.
    """
    for number in range(MAX_STARTS):
        yield hashlib.sha256("\n".join([*work, str(number)]).encode()).hexdigest()


def _submit(
    client: Any, seconds_left: Callable[[], float], request: dict[str, Any]
) -> dict[str, Any]:
    """Call BatchExecuteStatement; retry transient errors while there is time."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return dict(client.batch_execute_statement(**request))
        except ClientError as error:
            if not is_transient(error) or seconds_left() < pause:
                raise
            logger.info("Transient error, retrying: %s", error)
        time.sleep(pause)
        pause = min(pause * 2, MAX_PAUSE_SECONDS)


def _has_ended(client: Any, statement: str) -> bool:
    return client.describe_statement(Id=statement)["Status"] not in ACTIVE


def has_finished(client: Any, statement: str) -> bool:
    """Return whether the statement has finished.

    Raises:
        StatementFailed: it failed or was aborted.
    """
    described = client.describe_statement(Id=statement)
    if described["Status"] in ACTIVE:
        return False
    if described["Status"] != "FINISHED":
        raise StatementFailed({"Id": statement, **described})
    return True


def wait(client: Any, statement: str, seconds_left: Callable[[], float]) -> None:
    """Wait until the statement has finished. Cancel it when `seconds_left` is used up.

    Raises:
        StatementFailed: it failed or was aborted.
        StatementTimeout: there was no time left, and it was cancelled.
        CancellationTimeout: there was no time left, and it is still running.
    """
    pause = FIRST_PAUSE_SECONDS
    while not has_finished(client, statement):
        if seconds_left() < pause:
            _cancel_and_wait(client, statement)
            return
        time.sleep(pause)
        pause = min(pause * 2, MAX_PAUSE_SECONDS)


def cancel(client: Any, statement: str) -> None:
    """Cancel the statement. No-op if it has already ended."""
    try:
        client.cancel_statement(Id=statement)
    except ClientError as error:
        if error_code(error) != "ValidationException":
            raise
        logger.info("Too late to cancel: %s", error)


def _cancel_and_wait(client: Any, statement: str) -> None:
    """Cancel the statement and wait for its end. Return if it finished before the cancellation."""
    cancel(client, statement)
    deadline = time.monotonic() + CANCEL_SECONDS
    try:
        while not has_finished(client, statement):
            if time.monotonic() > deadline:
                raise CancellationTimeout(
                    f"statement {statement} took too long, was cancelled and is still running"
                )
            time.sleep(CANCEL_PAUSE_SECONDS)
    except StatementFailed as failed:
        if failed.described["Status"] != "ABORTED":
            raise
        raise StatementTimeout(f"statement {statement} took too long and was cancelled") from failed
