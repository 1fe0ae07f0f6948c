"""Removes the models that a pipeline's runs have made, before the pipeline is deleted.

A custom resource of CloudFormation: it does not know of them, nor does any run that comes later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError
from clients import client
from custom_resource import on_delete
from deadline import seconds_left

RUNNING = ("Executing", "Stopping")
# How Pipelines names what its steps make: pipelines-<execution id>-<step>-<random>.
MADE = re.compile(r"pipelines-(?P<execution>[a-z0-9]+)-.+")


class NotEmptied(Exception):
    """Models are left; the message says why."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer CloudFormation: Delete removes the models, Create and Update do nothing."""
    pipeline = event["ResourceProperties"]["PipelineName"]

    def work() -> str:
        count = empty(client("sagemaker"), pipeline, lambda: seconds_left(context))
        return f"Deleted {count} models"

    on_delete(event, physical_id=f"{pipeline}/models", work=work)


def empty(client: Any, pipeline: str, seconds_left: Callable[[], float]) -> int:
    """Delete every model that an execution of `pipeline` has made and give their number.

    One that is gone although its deletion was refused was deleted before: the answer was lost.

    Raises:
        NotEmptied: time ran out, or a run is not over: it may make another.
    """
    executions = _executions(client, pipeline)
    count = 0
    for name in list(_models(client, executions)):
        if seconds_left() <= 0:
            raise NotEmptied(f"{pipeline} has made more models than one call deletes: delete again")
        try:
            client.delete_model(ModelName=name)
        except ClientError:
            if name in _models(client, executions):
                raise
        count += 1
    return count


def _executions(client: Any, pipeline: str) -> set[str]:
    """The ids of the pipeline's executions; none if the pipeline is gone."""
    pages = client.get_paginator("list_pipeline_executions").paginate(PipelineName=pipeline)
    try:
        found = [execution for page in pages for execution in page["PipelineExecutionSummaries"]]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFound":
            return set()
        raise
    for execution in found:
        if execution["PipelineExecutionStatus"] in RUNNING:
            arn = execution["PipelineExecutionArn"]
            raise NotEmptied(f"{arn} is not over: stop it (StopPipelineExecution), delete again")
    return {execution["PipelineExecutionArn"].rpartition("/")[2] for execution in found}


def _models(client: Any, executions: set[str]) -> Iterator[str]:
    pages = client.get_paginator("list_models").paginate(NameContains="pipelines-")
    for page in pages:
        for model in page["Models"]:
            made = MADE.fullmatch(model["ModelName"])
            if made and made["execution"] in executions:
                yield model["ModelName"]
