"""The command `accept-data`: records that a person accepts data which failed a contract."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any

import typer
from botocore.exceptions import ClientError
from rich.console import Console

from execution_reader.execution import started_steps
from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.lake import lake_bucket
from operations.options import Json, PipelineName

HELP = "Accept exactly the data that a run of a pipeline rejected, so that its next run trains."
POLICY = "approver"
EXAMPLES = ('redline --env prod accept-data tickit DIGEST --reason "the venue was closed"',)
# The number of failed executions, the newest first, in which the digest is searched.
_MOST_EXECUTIONS = 50


class NotAccepted(OperationError):
    """The data cannot be accepted; the message says why and what to do."""


def run(
    aws: EnvironmentClients,
    pipeline: PipelineName,
    digest: Annotated[
        str, typer.Argument(metavar="DIGEST", help="Digest in the failure of the run.")
    ],
    *,
    reason: Annotated[str, typer.Option(help="Why a model may be trained on the data.")],
    as_json: Json = False,
) -> int:
    """Write the record. Return 0; raises `NotAccepted`."""
    location, record = accept(aws, pipeline, digest.strip(), reason=reason.strip())
    if as_json:
        print(json.dumps({"location": location, **record}, indent=2))
    else:
        text = (
            f"{record['accepted_by']} accepted these data at {record['accepted_at']} ({location}): "
            f"{record['failure']}\nStart {aws.prefix}{pipeline} again."
        )
        Console(highlight=False, soft_wrap=True).print(text, markup=False)
    return 0


def accept(
    aws: EnvironmentClients, pipeline: str, digest: str, *, reason: str
) -> tuple[str, Mapping[str, Any]]:
    """Write the record and return its S3 URI and its content; an earlier record is kept.

    Raises `NotAccepted` if no run of the pipeline failed with this digest.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise NotAccepted(
            f"DIGEST is {digest!r}: expected the 64 hexadecimal digits in the failure of the run"
        )
    if not reason:
        raise NotAccepted("REASON is empty: write why a model may be trained on these data")
    execution, failure = _rejection(aws, pipeline, digest)
    record = {
        "digest": digest,
        "accepted_by": aws.clients("sts").get_caller_identity()["Arn"],
        "accepted_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "reason": reason,
        "execution": execution,
        "failure": failure,
    }
    location = {"Bucket": lake_bucket(aws), "Key": f"accepted-data/{pipeline}/{digest}.json"}
    return "s3://{Bucket}/{Key}".format(**location), _kept(aws.clients("s3"), location, record)


def _rejection(aws: EnvironmentClients, pipeline: str, digest: str) -> tuple[str, str]:
    """The newest execution that rejected data with the digest, and its message."""
    sagemaker, name = aws.clients("sagemaker"), f"{aws.prefix}{pipeline}"
    listed = aws.pages(
        "sagemaker",
        "list_pipeline_executions",
        "PipelineExecutionSummaries",
        PipelineName=name,
        SortOrder="Descending",
    )
    all_failed = (each for each in listed if each["PipelineExecutionStatus"] == "Failed")
    newest = islice(all_failed, _MOST_EXECUTIONS)
    failed = [each["PipelineExecutionArn"] for each in newest]
    for arn in failed:
        for step in started_steps(sagemaker, arn).values():
            message = str(step.metadata.get("Fail", {}).get("ErrorMessage", ""))
            if digest in message:
                return arn, message
    raise NotAccepted(
        f"none of the last {len(failed)} failed executions of {name} rejected data with the digest "
        f"{digest}: copy DIGEST from the failure of the run"
    )


def _kept(s3: Any, location: Mapping[str, str], record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write the record unless it exists, and return the stored record."""
    body = json.dumps(record, indent=2).encode() + b"\n"
    try:
        s3.put_object(**location, Body=body, ContentType="application/json", IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
        stored: Mapping[str, Any] = json.load(s3.get_object(**location)["Body"])
        return stored
    return record
