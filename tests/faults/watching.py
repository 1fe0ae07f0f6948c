"""Reads the runs, alarms, alerts and queues of the account."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

from tests.integration.laptop import Laptop

Found = TypeVar("Found")


def eventually(find: Callable[[], Found], *, seconds: float = 180) -> Found:
    """Wait until the result of `find` is true, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < deadline, f"not true after {seconds} s"
        time.sleep(0.2)
    return found


def physical_id(laptop: Laptop, part: str, path: str) -> str:
    """Return the physical id of a resource by the names of its constructs: CDK appends a hash."""
    pages = laptop.client("cloudformation").get_paginator("list_stack_resources")
    (found,) = [
        resource["PhysicalResourceId"]
        for page in pages.paginate(StackName=f"redline-local-{part}")
        for resource in page["StackResourceSummaries"]
        if re.fullmatch(rf"{path}[0-9A-F]{{8}}", resource["LogicalResourceId"])
    ]
    return str(found)


def started(laptop: Laptop, pipeline: str, **parameters: str) -> str:
    """Start an execution and return its ARN."""
    given = [{"Name": name, "Value": value} for name, value in parameters.items()]
    answer = laptop.client("sagemaker").start_pipeline_execution(
        PipelineName=f"redline-local-{pipeline}", PipelineParameters=given
    )
    return str(answer["PipelineExecutionArn"])


def executions(laptop: Laptop, pipeline: str) -> set[str]:
    """Return the ARNs of a pipeline's executions."""
    pages = laptop.client("sagemaker").get_paginator("list_pipeline_executions")
    return {
        execution["PipelineExecutionArn"]
        for page in pages.paginate(PipelineName=f"redline-local-{pipeline}")
        for execution in page["PipelineExecutionSummaries"]
    }


def ended(laptop: Laptop, execution: str) -> dict[str, Any]:
    """Wait for the end of an execution and return its description."""
    client = laptop.client("sagemaker")

    def find_ended() -> dict[str, Any] | None:
        shown = client.describe_pipeline_execution(PipelineExecutionArn=execution)
        return shown if shown["PipelineExecutionStatus"] not in ("Executing", "Stopping") else None

    return eventually(find_ended)


def alerts(laptop: Laptop, word: str) -> list[str]:
    """Return the messages of the alert topic that contain a word."""
    topic = laptop.output("redline-local-alerts", "AlertTopicArn").split(":")
    pages = laptop.client("logs").get_paginator("filter_log_events")
    group = f"sns/{topic[3]}/{topic[4]}/{topic[5]}"
    try:
        messages = [
            json.loads(event["message"])["message"]
            for page in pages.paginate(logGroupName=group)
            for event in page["events"]
        ]
    except laptop.client("logs").exceptions.ResourceNotFoundException:
        return []  # no alert was ever published
    return [message for message in messages if word in message]


def alarm(laptop: Laptop, name: str) -> str:
    """Return the state of an alarm."""
    (found,) = laptop.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(found["StateValue"])


def queued_messages(laptop: Laptop, queue: str) -> list[dict[str, Any]]:
    """Return the messages of a queue without deleting them."""
    answer = laptop.client("sqs").receive_message(
        QueueUrl=queue,
        MaxNumberOfMessages=10,
        VisibilityTimeout=0,
        MessageAttributeNames=["All"],
    )
    found: list[dict[str, Any]] = answer.get("Messages", [])
    return found
