"""Finds pipelines and executions by short names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from local_cloud.errors import LocalCloudError
from local_cloud.sagemaker.exceptions import UnknownExecution

LATEST = "latest"


def find_pipeline(client: Any, name: str) -> str:
    """Find a pipeline by its full name or the last part of it. Return its full name.

    Raises `LocalCloudError` with the existing pipelines.
    """
    names = [pipeline["PipelineName"] for pipeline in pipelines(client)]
    remedy = "Deploy one with `python -m local_cloud deploy`."
    return single_match(name, names, what="pipeline", remedy=remedy)


def single_match(name: str, names: Sequence[str], *, what: str, remedy: str) -> str:
    """Return the entry of `names` that is equal to `name`, or the only one that ends with it.

    Raises `LocalCloudError` with the names and the remedy.
    """
    if name in names:
        return name
    matching = [full for full in names if full.endswith(f"-{name}")]
    if len(matching) == 1:
        return matching[0]
    there = ", ".join(sorted(names)) or "none"
    raise LocalCloudError(f"{name!r} does not identify one {what}. Deployed: {there}. {remedy}")


def find_execution(client: Any, name: str) -> str:
    """Return the ARN of the execution with an ARN or id, or of the latest of all (`latest`).

    Raises `UnknownExecution`.
    """
    every = executions(client)
    if name == LATEST and every:
        arn: str = every[0]["PipelineExecutionArn"]
        return arn
    for execution in every:
        arn = execution["PipelineExecutionArn"]
        if name in (arn, arn.rpartition("/")[2]):
            return arn
    raise UnknownExecution(
        f"There is no execution {name!r}. Use an id or an ARN of `python -m local_cloud "
        f"executions`, or {LATEST}."
    )


def executions(client: Any, pipeline: str | None = None) -> list[dict[str, Any]]:
    """Return the summaries of the executions of one pipeline, or of all pipelines, newest first."""
    names = [pipeline] if pipeline else [entry["PipelineName"] for entry in pipelines(client)]
    pages = client.get_paginator("list_pipeline_executions")
    found = [
        summary
        for name in names
        for page in pages.paginate(PipelineName=name)
        for summary in page["PipelineExecutionSummaries"]
    ]
    return sorted(found, key=lambda summary: summary["StartTime"], reverse=True)


def steps_of(client: Any, execution_arn: str) -> list[dict[str, Any]]:
    """Return the started steps of an execution, in the order in which they started."""
    pages = client.get_paginator("list_pipeline_execution_steps").paginate(
        PipelineExecutionArn=execution_arn, SortOrder="Ascending"
    )
    return [step for page in pages for step in page["PipelineExecutionSteps"]]


def pipelines(client: Any) -> Iterator[dict[str, Any]]:
    """Yield the summaries of all pipelines."""
    for page in client.get_paginator("list_pipelines").paginate():
        yield from page["PipelineSummaries"]


def pipeline_of(execution_arn: str) -> str:
    """Return the pipeline's name from `…:pipeline/<name>/execution/<id>`."""
    return execution_arn.split("/")[1]
