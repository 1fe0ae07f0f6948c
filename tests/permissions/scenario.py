"""Everything that the roles of the laptop's environment do, from `up` to the end of its stacks.

`make permissions` runs it: it keeps the calls in calls.jsonl, by which test_recorded_calls.py
judges the templates of every later day.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from pipeline_code.compiler import deployed
from tests.definitions import definition
from tests.environment_values import environment_values
from tests.integration.laptop import Laptop
from tests.permissions.record import record
from tests.permissions.table import PAGE, page

TRAINING = ("tickit", "census", "bank")
# Newest first: each depends on those behind it.
STACKS = ("tickit-monitor", "tickit-batch", "tickit-serving", "tickit", "census", "bank")
STACKS += ("insurance", "alerts", "warehouse", "data", "network")
DRIFT = "redline-local-tickit-monitor-drifted"
REQUESTS = "pipeline_code/tickit/sample_data/requests.csv"
_DEADLINE_SECONDS = 300


pytestmark = pytest.mark.laptop


def test_the_scenario(tmp_path):
    reports = _live(Laptop(tmp_path / "state"))
    denied = [call for report in reports for call in report["calls"] if not call["allowed"]]
    assert denied == []
    record(reports)
    PAGE.write_text(page())


def _live(laptop: Laptop) -> list[dict[str, Any]]:
    """The reports of `permissions`, before and after the stacks are deleted."""
    laptop.run("up")
    try:
        laptop.run("deploy", "local")
        laptop.run("load")
        _train_and_serve(laptop)
        _predict_and_watch(laptop)
        _extract_from_queue(laptop)
        _reject(laptop)
        before = laptop.json("permissions", "--calls", code=None)
        _destroy(laptop)
        return [before, laptop.json("permissions", "--calls", code=None)]
    finally:
        laptop.run("down")


def _train_and_serve(laptop: Laptop) -> None:
    """Two runs each: the second one compares with the approved model, and replaces it."""
    for _ in range(2):
        for pipeline in TRAINING:
            laptop.run("tick", f"redline-local-{pipeline}-schedule")
            packages = laptop.packages(f"redline-local-{pipeline}")
            package = max(packages, key=lambda arn: int(arn.rpartition("/")[2]))
            if pipeline == "tickit":
                laptop.run("approve", package)
                laptop.run("predict", "tickit", REQUESTS)
            else:
                laptop.client("sagemaker").update_model_package(
                    ModelPackageArn=package, ModelApprovalStatus="Approved"
                )


def _predict_and_watch(laptop: Laptop) -> None:
    for pipeline in ("insurance", "tickit-batch", "tickit-monitor"):
        laptop.run("tick", f"redline-local-{pipeline}-schedule")
    before = len(_executions(laptop, "tickit"))
    laptop.client("cloudwatch").set_alarm_state(
        AlarmName=DRIFT, StateValue="ALARM", StateReason="to see what follows"
    )
    _wait(lambda: len(_executions(laptop, "tickit")) > before)
    _wait(lambda: _executions(laptop, "tickit")[0]["PipelineExecutionStatus"] == "Succeeded")


def _extract_from_queue(laptop: Laptop) -> None:
    """A pipeline whose extraction goes through the queue, once to its end and once stopped."""
    sagemaker = laptop.client("sagemaker")
    tickit = sagemaker.describe_pipeline(PipelineName="redline-local-tickit")
    values = environment_values(definition("tickit"), json.loads(tickit["PipelineDefinition"]))
    queue = _physical(laptop, "redline-local-warehouse", "ExtractionQueue")
    long = definition("tickit", extraction="long_unload")
    body = deployed(long.body, {**values, "ExtractQueueUrl": queue})
    role = tickit["RoleArn"].rpartition("/")[2]
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": statement}
    laptop.client("iam").put_role_policy(
        RoleName=role, PolicyName="extract", PolicyDocument=json.dumps(document)
    )
    name = "redline-local-queued"
    sagemaker.create_pipeline(
        PipelineName=name, PipelineDefinition=json.dumps(body), RoleArn=tickit["RoleArn"]
    )
    laptop.run("start", name)
    laptop.run("start", name, "-p", "FirstDay=2050-01-01", code=1)
    laptop.run("start", name, "--no-wait")
    execution = _executions(laptop, "queued")[0]["PipelineExecutionArn"]
    time.sleep(1)
    laptop.run("stop", execution.rpartition("/")[2])
    _wait(lambda: _executions(laptop, "queued")[0]["PipelineExecutionStatus"] == "Stopped")
    sagemaker.delete_pipeline(PipelineName=name)
    laptop.client("iam").delete_role_policy(RoleName=role, PolicyName="extract")


def _reject(laptop: Laptop) -> None:
    """Nothing is approved any more; what answers last stays, and that is told."""
    for package in laptop.packages("redline-local-tickit"):
        laptop.run("reject", package, code=None)


def _destroy(laptop: Laptop) -> None:
    cloudformation = laptop.client("cloudformation")
    for part in STACKS:
        stack = f"redline-local-{part}"
        cloudformation.delete_stack(StackName=stack)
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": _DEADLINE_SECONDS}
        )


def _executions(laptop: Laptop, pipeline: str) -> list[dict[str, Any]]:
    found = laptop.client("sagemaker").list_pipeline_executions(
        PipelineName=f"redline-local-{pipeline}"
    )
    executions: list[dict[str, Any]] = found["PipelineExecutionSummaries"]
    return executions


def _physical(laptop: Laptop, stack: str, logical_id: str) -> str:
    pages = laptop.client("cloudformation").get_paginator("list_stack_resources")
    return next(
        str(resource["PhysicalResourceId"])
        for page in pages.paginate(StackName=stack)
        for resource in page["StackResourceSummaries"]
        if resource["LogicalResourceId"].startswith(logical_id)
    )


def _wait(is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not is_done():
        assert time.monotonic() < deadline, "it has not happened"
        time.sleep(0.5)
