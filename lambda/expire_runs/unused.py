"""The executions that have failed or were stopped, and whose files exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

_RUNNING = {"Executing", "Stopping"}
_UNSUCCESSFUL = {"Failed", "Stopped"}


def has_running_execution(sagemaker: Any, arn: str) -> bool:
    """Whether an execution of the pipeline runs: its steps may reuse files of a failed one."""
    pages = sagemaker.get_paginator("list_pipeline_executions").paginate(
        PipelineName=arn.rpartition("/")[2]
    )
    return any(
        each["PipelineExecutionStatus"] in _RUNNING
        for page in pages
        for each in page["PipelineExecutionSummaries"]
    )


def unused_executions(
    storage: Any,
    sagemaker: Any,
    bucket: str,
    pipeline: str,
    *,
    arn: str,
    days: int,
    now: datetime,
) -> Iterator[str]:
    """Yield kept/<pipeline>/<execution>/ of executions that ended without success `days` ago.

    A folder whose name is not the ID of a known execution, such as that of a promoted version, is
    not one of them.
    """
    pages = storage.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=f"kept/{pipeline}/", Delimiter="/"
    )
    for folder in (each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])):
        execution = folder.split("/")[2]
        found = _described(sagemaker, f"{arn}/execution/{execution}")
        if found is None or found["PipelineExecutionStatus"] not in _UNSUCCESSFUL:
            continue
        if found["LastModifiedTime"] <= now - timedelta(days=days):
            yield folder


def _described(sagemaker: Any, arn: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    except sagemaker.exceptions.ResourceNotFound:
        return None
    return found
