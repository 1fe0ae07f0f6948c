"""Custom resource that deletes the models of a pipeline's executions before the pipeline itself.

The models are created by CreateModel steps. They belong to no stack, so CloudFormation does not
delete them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError
from clients import client
from custom_resource import run_on_delete
from deadline import seconds_left

RUNNING = ("Executing", "Stopping")
# The names that SageMaker Pipelines generates: pipelines-<execution id>-<step>-<random>.
GENERATED_NAME = re.compile(r"pipelines-(?P<execution>[a-z0-9]+)-.+")


class NotEmptied(Exception):
    """The pipeline still has models; the message says why."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle a CloudFormation request: "Delete" deletes the models, other requests do nothing."""
    pipeline = event["ResourceProperties"]["PipelineName"]

    def work() -> str:
        count = empty(client("sagemaker"), pipeline, lambda: seconds_left(context))
        return f"Deleted {count} models"

    run_on_delete(event, physical_id=f"{pipeline}/models", work=work)


def empty(client: Any, pipeline: str, seconds_left: Callable[[], float]) -> int:
    """Delete all models of the executions of `pipeline` and return their number.

    An error is ignored if the model no longer exists: an earlier call deleted it, and its response
    was lost.

    Raises:
        NotEmptied: there was no time left, or an execution that may create more models is running.
    """
    executions = _executions(client, pipeline)
    count = 0
    for name in list(_models(client, executions)):
        if seconds_left() <= 0:
            raise NotEmptied(
                f"{pipeline} has more models than one invocation can delete; delete the stack again"
            )
        try:
            client.delete_model(ModelName=name)
        except ClientError:
            if name in _models(client, executions):
                raise
        count += 1
    return count


def _executions(client: Any, pipeline: str) -> set[str]:
    """Return the ids of the pipeline's executions; empty if the pipeline does not exist."""
    pages = client.get_paginator("list_pipeline_executions").paginate(PipelineName=pipeline)
    try:
        found = [execution for page in pages for execution in page["PipelineExecutionSummaries"]]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFound":
            return set()
        raise
    for execution in found:
        if execution["PipelineExecutionStatus"] in RUNNING:
            arn, status = execution["PipelineExecutionArn"], execution["PipelineExecutionStatus"]
            raise NotEmptied(
                f"{arn} is {status}: stop it (StopPipelineExecution), then delete the stack again"
            )
    return {execution["PipelineExecutionArn"].rpartition("/")[2] for execution in found}


def _models(client: Any, executions: set[str]) -> Iterator[str]:
    pages = client.get_paginator("list_models").paginate(NameContains="pipelines-")
    for page in pages:
        for model in page["Models"]:
            name = GENERATED_NAME.fullmatch(model["ModelName"])
            if name and name["execution"] in executions:
                yield model["ModelName"]
