"""Finds pipelines and executions by short names, without reading the lists of all executions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import merge
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from operations import NotFound
from operations.environment_clients import EnvironmentClients

LATEST = "latest"
# What the describe operations of SageMaker return for an unknown name.
ABSENT = frozenset({"ResourceNotFound", "ValidationException"})


def find_pipeline(aws: EnvironmentClients, name: str) -> str:
    """Return the full name of a pipeline: `tickit` is that of the environment, or a full name.

    Raises `NotFound` with the existing pipelines.
    """
    listed = pipelines(aws)
    names = [each["PipelineName"] for each in listed]
    for full in (f"{aws.prefix}{name}", name):
        if full in names:
            return full
    describe = aws.clients("sagemaker").describe_pipeline
    if not name.startswith(aws.prefix) and _exists(describe, PipelineName=name):
        return name
    there = ", ".join(aws.short(each) for each in names)
    raise NotFound(
        f"{name!r} does not identify one pipeline. Deployed: {there or 'none'}. {_deploy(aws)}"
    )


def pipelines(aws: EnvironmentClients) -> list[dict[str, Any]]:
    """Return the summaries of the pipelines of the environment, sorted by name."""
    found = aws.pages(
        "sagemaker", "list_pipelines", "PipelineSummaries", PipelineNamePrefix=aws.prefix
    )
    return sorted(found, key=lambda each: str(each["PipelineName"]))


def find_execution(aws: EnvironmentClients, name: str) -> str:
    """Return the ARN of the execution with an ARN or id, or of the newest (`latest`).

    `latest` is the newest of all pipelines, and `tickit/latest` that of one pipeline.
    Raises `NotFound`.
    """
    pipeline, slash, word = name.rpartition("/")
    if word == LATEST and not name.startswith("arn:"):
        only = find_pipeline(aws, pipeline) if slash else None
        for newest in executions(aws, only, limit=1):
            return str(newest["PipelineExecutionArn"])
        raise NotFound(not_run(aws, only))
    candidates = [name] if name.startswith("arn:") else _arns(aws, word)
    describe = aws.clients("sagemaker").describe_pipeline_execution
    for arn in candidates:
        if _exists(describe, PipelineExecutionArn=arn):
            return arn
    raise NotFound(
        f"There is no execution {name!r}. Use an id or an ARN of `redline runs`, or {LATEST}."
    )


def executions(
    aws: EnvironmentClients, pipeline: str | None = None, *, limit: int
) -> list[dict[str, Any]]:
    """Return the newest executions of one pipeline, or of all, the newest first.

    At most `limit` are requested of each pipeline.
    """
    names = [pipeline] if pipeline else [each["PipelineName"] for each in pipelines(aws)]
    each_newest_first = (_newest(aws, name, limit) for name in names)
    merged = merge(*each_newest_first, key=lambda each: each["StartTime"], reverse=True)
    return list(islice(merged, limit))


def not_run(aws: EnvironmentClients, pipeline: str | None) -> str:
    """Return the sentence that a pipeline, or none of all, has run yet, and what to do."""
    if pipeline is None and pipelines(aws):
        return "No pipeline has run yet. Start one with `redline start PIPELINE`."
    if pipeline is None:
        return f"{aws.name} has no pipelines in {aws.region}. {_deploy(aws)}"
    name = aws.short(pipeline)
    return f"The pipeline {name} has not run yet. Start it with `redline start {name}`."


def _newest(aws: EnvironmentClients, pipeline: str, limit: int) -> Iterator[dict[str, Any]]:
    return aws.pages(
        "sagemaker",
        "list_pipeline_executions",
        "PipelineExecutionSummaries",
        limit=limit,
        PipelineName=pipeline,
        SortBy="CreationTime",
        SortOrder="Descending",
    )


def _arns(aws: EnvironmentClients, identifier: str) -> Iterator[str]:
    """Yield the ARNs that an execution with this id may have."""
    for each in pipelines(aws):
        yield f"{each['PipelineArn']}/execution/{identifier}"


def _exists(describe: Callable[..., object], **request: str) -> bool:
    """Return whether an operation finds what it describes."""
    try:
        describe(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ABSENT:
            raise
        return False
    return True


def _deploy(aws: EnvironmentClients) -> str:
    if aws.is_laptop:
        return f"Deploy one with `python -m local_cloud deploy {aws.name}`."
    return f"Deploy {aws.name} with `make deploy ENV={aws.name}`."
