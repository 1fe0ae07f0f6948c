"""Finds an execution of an environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from operations import OperationError
from operations.environment_clients import EnvironmentClients

LATEST = "latest"


@dataclass(frozen=True)
class Execution:
    """An execution and the name of its pipeline."""

    arn: str
    pipeline: str


def find_execution(aws: EnvironmentClients, name: str) -> Execution:
    """Return the execution with an ID or ARN, or the newest (`latest`), of the environment.

    Raises:
        OperationError: no pipeline of the environment has such an execution.
    """
    pipelines = aws.list_all(
        "sagemaker", "list_pipelines", "PipelineSummaries", PipelineNamePrefix=aws.prefix
    )
    if name == LATEST:
        return _newest(aws, pipelines)
    sagemaker, identifier = aws.clients("sagemaker"), name.rpartition("/")[2]
    for pipeline in pipelines:
        arn = f"{pipeline['PipelineArn']}/execution/{identifier}"
        if name in (arn, identifier) and _exists(sagemaker, arn):
            return Execution(arn, pipeline["PipelineName"])
    raise OperationError(
        f"no pipeline of {aws.environment.name} has the execution {name!r}: use the ID or the ARN "
        f"of an execution (ListPipelineExecutions), or {LATEST!r}"
    )


def _newest(aws: EnvironmentClients, pipelines: list[dict[str, Any]]) -> Execution:
    found = []
    for pipeline in pipelines:
        newest = aws.clients("sagemaker").list_pipeline_executions(
            PipelineName=pipeline["PipelineName"],
            SortBy="CreationTime",
            SortOrder="Descending",
            MaxResults=1,
        )["PipelineExecutionSummaries"]
        found += [(each["StartTime"], each, pipeline["PipelineName"]) for each in newest]
    if not found:
        raise OperationError(
            f"no pipeline of {aws.environment.name} has an execution: start a pipeline"
        )
    _, execution, name = max(found, key=lambda each: each[0])
    return Execution(execution["PipelineExecutionArn"], name)


def _exists(sagemaker: Any, arn: str) -> bool:
    try:
        sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("ResourceNotFound", "ValidationException"):
            raise
        return False
    return True
