"""Performs all operations of the roles of a fixed environment, from `up` to stack deletion.

Its pipelines contain each step kind once, so the recorded calls represent every pipeline. `make
permissions` runs it and stores the calls in calls/. test_recorded_calls.py evaluates the templates
with these calls.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local_cloud.state import read_deployment
from tests.application.laptop import deploy, fill
from tests.integration.laptop import Laptop
from tests.permissions.record import record
from tests.permissions.templates import RECORDED

_DEADLINE_SECONDS = 300
# A part of tests/application/fixed_pipelines/queued/query.sql.
_OF_EXTRACT = "FROM wanted a"


def live(environment: str) -> list[dict[str, Any]]:
    """Return the reports of `permissions`, from before and after the deletion of the stacks."""
    with TemporaryDirectory() as folder:
        laptop = Laptop(Path(folder) / "state")
        laptop.run("up")
        try:
            deploy(laptop, environment, Path(folder) / "app")
            fill(laptop, environment)
            _live_through(laptop, f"redline-{environment}")
            before = laptop.json("permissions", "--calls", code=None)
            _destroy(laptop)
            return [before, laptop.json("permissions", "--calls", code=None)]
        finally:
            laptop.run("down")


def _live_through(laptop: Laptop, prefix: str) -> None:
    """Perform the actions of runs, users and schedules; `prefix` is the prefix of all names."""
    _train_and_serve(laptop, prefix)
    _predict_and_watch(laptop, prefix)
    _extract_from_queue(laptop, prefix)
    _reject(laptop, prefix)


def _train_and_serve(laptop: Laptop, prefix: str) -> None:
    """Start two runs: the second run compares with the approved model, and replaces it."""
    for _ in range(2):
        _tick(laptop, f"{prefix}-demand")
        packages = laptop.packages(f"{prefix}-demand")
        laptop.run("approve", max(packages, key=lambda arn: int(arn.rpartition("/")[2])))
        laptop.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=f"{prefix}-demand", ContentType="text/csv", Body=b"1\n2\n"
        )


def _predict_and_watch(laptop: Laptop, prefix: str) -> None:
    for pipeline in ("files", "demand-batch", "demand-monitor"):
        _tick(laptop, f"{prefix}-{pipeline}")
    before = len(_executions(laptop, f"{prefix}-demand"))
    laptop.client("cloudwatch").set_alarm_state(
        AlarmName=f"{prefix}-demand-monitor-drifted",
        StateValue="ALARM",
        StateReason="to see what follows",
    )
    _wait(lambda: len(_executions(laptop, f"{prefix}-demand")) > before)
    _wait(lambda: _status(laptop, f"{prefix}-demand") == "Succeeded")


def _extract_from_queue(laptop: Laptop, prefix: str) -> None:
    """Run a query with rows, one without rows, and one that is stopped during its statement."""
    pipeline, client = f"{prefix}-queued", laptop.client("sagemaker")
    _tick(laptop, pipeline)
    laptop.run("start", pipeline, "-p", "LeastSize=1000", code=1)
    execution = client.start_pipeline_execution(
        PipelineName=pipeline, PipelineParameters=[{"Name": "LeastSize", "Value": "0"}]
    )["PipelineExecutionArn"]
    _wait(lambda: _statement_runs(laptop))
    client.stop_pipeline_execution(PipelineExecutionArn=execution)
    _wait(lambda: not _statement_runs(laptop))
    _wait(lambda: _status(laptop, pipeline) == "Stopped")


def _reject(laptop: Laptop, prefix: str) -> None:
    """Reject all versions; the last version stays in service, and the deployer sends an alert."""
    for package in laptop.packages(f"{prefix}-demand"):
        laptop.run("reject", package, code=None)


def _destroy(laptop: Laptop) -> None:
    cloudformation = laptop.client("cloudformation")
    deployment = read_deployment(laptop.state)
    assert deployment is not None
    for stack in reversed(deployment.stacks):
        cloudformation.delete_stack(StackName=stack)
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": _DEADLINE_SECONDS}
        )


def _tick(laptop: Laptop, pipeline: str) -> None:
    laptop.run("tick", f"{pipeline}-schedule")


def _executions(laptop: Laptop, pipeline: str) -> list[dict[str, Any]]:
    found = laptop.client("sagemaker").list_pipeline_executions(PipelineName=pipeline)
    executions: list[dict[str, Any]] = found["PipelineExecutionSummaries"]
    return executions


def _status(laptop: Laptop, pipeline: str) -> str:
    """Return the status of the newest execution."""
    return str(_executions(laptop, pipeline)[0]["PipelineExecutionStatus"])


def _statement_runs(laptop: Laptop) -> bool:
    """Return whether the query of the step Extract runs, which another step precedes."""
    found = laptop.client("redshift-data").list_statements(Status="STARTED")["Statements"]
    texts = ("\n".join(each.get("QueryStrings", [each.get("QueryString")])) for each in found)
    return any(_OF_EXTRACT in text for text in texts)


def _wait(is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not is_done():
        assert time.monotonic() < deadline, "it has not happened"
        time.sleep(0.5)


if __name__ == "__main__":
    for name in RECORDED:
        record(name, live(name))
