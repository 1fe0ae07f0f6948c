"""Statements of the Redshift Data API: where they run, how they end, and what the database says."""

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
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 5.0
STOPPING_PAUSE_SECONDS = 0.5
# How long a cancelled statement may take to end; less than functions keep back for their answer.
CANCEL_SECONDS = 10.0
# How often one piece of work is done; more is somebody's loop.
MOST_TRIES = 50
# Refusals that pass by themselves. The environmental ones (…ExecuteStatementException) are what
# the service says while a cluster is rebooted, resized or maintained.
PASSING = (
    "ActiveStatementsExceededException",
    "BatchExecuteStatementException",
    "DatabaseConnectionException",
    "ExecuteStatementException",
    "InternalServerException",
    "ServiceUnavailable",
    "ThrottlingException",
)
# Environment variable -> what the Data API calls it.
TARGET = {
    "CLUSTER_IDENTIFIER": "ClusterIdentifier",
    "WORKGROUP_NAME": "WorkgroupName",
    "DATABASE": "Database",
    "DB_USER": "DbUser",
    "SECRET_ARN": "SecretArn",
}


class StatementFailed(Exception):
    """A statement ended, but not well: `described` is what DescribeStatement answered."""

    def __init__(self, described: dict[str, Any]) -> None:
        parts = [part for part in described.get("SubStatements", []) if part["Status"] == "FAILED"]
        said = [place["Error"] for place in (*parts, described) if place.get("Error")]
        words = ": ".join([described["Status"], *said[:1]])
        super().__init__(f"statement {described['Id']} is {words}")
        self.described = described


class TookTooLong(Exception):
    """A statement was cancelled, as there was no time left to wait for its end."""


class DoesNotStop(Exception):
    """A statement was asked to end, as there was no time left, and has not ended."""


def target() -> dict[str, str]:
    """The warehouse of this function and its user, as the Data API takes them.

    Without DbUser and SecretArn the user is the function's own role.
    """
    return {name: os.environ[key] for key, name in TARGET.items() if key in os.environ}


def code_of(error: Exception) -> str:
    """AWS's name of a refusal; nothing for errors of other kinds."""
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""


def passes(error: Exception) -> bool:
    """Whether AWS refused for a reason that passes by itself, as all faults of a service's own."""
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code_of(error) in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def start(
    client: Any, work: Sequence[str], seconds_left: Callable[[], float], **request: Any
) -> str:
    """Start a batch and give its id, unless a former invocation's batch for the same `work` runs.

    `work` says what is done and for whom. A function may be invoked again for it: when its answer
    got lost, or it was ended before it could answer. What it has left running is then gone on
    with, as two at once would get in each other's way; what is over is done anew. While the
    warehouse refuses for a reason that passes, it is asked again as long as there is time. Raises
    botocore's ClientError.
    """
    began = datetime.now(UTC)
    for token in _tokens(work):
        started = _accepted(client, seconds_left, {**request, "ClientToken": token})
        if started["CreatedAt"] >= began or not _is_over(client, started["Id"]):
            return str(started["Id"])
        logger.info("Statement %s is over: begun anew", started["Id"])
    raise RuntimeError(f"{' '.join(work)} was done {MOST_TRIES} times: look for who asks for it")


def start_once(
    client: Any, work: Sequence[str], seconds_left: Callable[[], float], **request: Any
) -> str:
    """Start a batch as `start` does, but never twice for the same `work`, however it has ended."""
    token = next(_tokens(work))
    return str(_accepted(client, seconds_left, {**request, "ClientToken": token})["Id"])


def _tokens(work: Sequence[str]) -> Iterator[str]:
    """A ClientToken (64 characters) for each time that the work is begun, in their order.

    The Data API knows a token for hours, so that no work is taken for that of another day.
    """
    for number in range(MOST_TRIES):
        yield hashlib.sha256("\n".join([*work, str(number)]).encode()).hexdigest()


def _accepted(
    client: Any, seconds_left: Callable[[], float], request: dict[str, Any]
) -> dict[str, Any]:
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return dict(client.batch_execute_statement(**request))
        except ClientError as error:
            if not passes(error) or seconds_left() < pause:
                raise
            logger.info("Not yet: %s", error)
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _is_over(client: Any, statement: str) -> bool:
    return client.describe_statement(Id=statement)["Status"] not in ACTIVE


def has_finished(client: Any, statement: str) -> bool:
    """Whether the statement is over; raises StatementFailed unless it ended well."""
    described = client.describe_statement(Id=statement)
    if described["Status"] in ACTIVE:
        return False
    if described["Status"] != "FINISHED":
        raise StatementFailed({"Id": statement, **described})
    return True


def wait(client: Any, statement: str, seconds_left: Callable[[], float]) -> None:
    """Wait for a good end; raises StatementFailed.

    When there is no time left it is cancelled: raises TookTooLong, or DoesNotStop.
    """
    pause = FIRST_PAUSE_SECONDS
    while not has_finished(client, statement):
        if seconds_left() < pause:
            _stop(client, statement)
            return
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def cancel(client: Any, statement: str) -> None:
    """Ask for its end; one that has ended meanwhile is left as it is."""
    try:
        client.cancel_statement(Id=statement)
    except ClientError as error:
        if code_of(error) != "ValidationException":
            raise
        logger.info("Too late to cancel: %s", error)


def _stop(client: Any, statement: str) -> None:
    """Cancel, and see it end: it may be quicker, and then it has ended well."""
    cancel(client, statement)
    until = time.monotonic() + CANCEL_SECONDS
    try:
        while not has_finished(client, statement):
            if time.monotonic() > until:
                raise DoesNotStop(f"statement {statement} took too long and does not stop")
            time.sleep(STOPPING_PAUSE_SECONDS)
    except StatementFailed as ended:
        if ended.described["Status"] != "ABORTED":
            raise
        raise TookTooLong(f"statement {statement} took too long and was cancelled") from ended
