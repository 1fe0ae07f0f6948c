"""A processing input that is an Athena query: UNLOAD to S3, then an S3 input."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.sagemaker.exceptions import JobFailed
from local_cloud.sagemaker.jobs.s3_transfers import S3Object, split_uri, under_prefix

_POLL_SECONDS = 0.1
_RUNNING = ("QUEUED", "RUNNING")


def unload(athena: Any, s3: Any, definition: Mapping[str, Any], *, job_name: str) -> list[S3Object]:
    """Run the query of an `AthenaDatasetDefinition` and return the objects that it wrote.

    The clients have the job's role, which needs the permissions of a caller of Athena. The objects
    are below OutputS3Uri, in a folder of the job. Raises `JobFailed` with the reason of Athena.
    """
    folder = f"{definition['OutputS3Uri'].rstrip('/')}/{job_name}/"
    options = {"format": definition["OutputFormat"]}
    if "OutputCompression" in definition:
        options["compression"] = definition["OutputCompression"]
    written = ", ".join(f"{name} = '{value}'" for name, value in options.items())
    sql = f"UNLOAD ({definition['QueryString']}) TO '{folder}rows/' WITH ({written})"
    try:
        _run(athena, sql, definition, folder)
    except (BotoCoreError, ClientError) as error:
        raise JobFailed(f"ClientError: The Athena query cannot be run: {error}") from error
    return under_prefix(s3, *split_uri(f"{folder}rows/"))


def _run(athena: Any, sql: str, definition: Mapping[str, Any], folder: str) -> None:
    result: dict[str, Any] = {"OutputLocation": folder}
    if "KmsKeyId" in definition:
        key = definition["KmsKeyId"]
        result["EncryptionConfiguration"] = {"EncryptionOption": "SSE_KMS", "KmsKey": key}
    query_id = athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={
            "Catalog": definition["Catalog"],
            "Database": definition["Database"],
        },
        WorkGroup=definition.get("WorkGroup", "primary"),
        ResultConfiguration=result,
    )["QueryExecutionId"]
    while True:
        found = athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]["Status"]
        if found["State"] not in _RUNNING:
            break
        time.sleep(_POLL_SECONDS)
    if found["State"] != "SUCCEEDED":
        raise JobFailed(f"ClientError: Athena query failed: {found.get('StateChangeReason')}")
