"""The server of the laptop cloud is killed: nothing that it acknowledged is lost or duplicated."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

from local_cloud.client import inject_fault, list_faults
from local_cloud.server_process import live_server
from tests.faults.kept_state import TABLES, kept, rows
from tests.faults.watching import eventually
from tests.faults.whole_run import REQUESTS
from tests.integration.laptop import Laptop, started, unstarted

pytestmark = pytest.mark.laptop

LOADED = {"sales": 172_456, "listing": 192_497, "event": 8_798}
TICKIT = "redline-local-tickit"
PREDICT = ("predict", "tickit", REQUESTS)


@dataclass(frozen=True)
class Point:
    """The moment of a kill: during a call of a command, or immediately after its success.

    `call` are the fields of a fault that delays the response to the call. `interrupted` is a part
    of the report of the next `up`.
    """

    name: str
    command: tuple[str, ...]
    call: dict[str, Any] | None = None
    interrupted: str = ""


# They depend on their order: a later command continues what a kill interrupted.
POINTS = (
    Point("first-role-of-a-stack", ("deploy", "local"), {"action": "iam:CreateRole", "after": 9},
          "the operation of stack "),
    Point("migrations", ("deploy", "local"), {"action": "redshift-data:*", "role": "*Migrat*"},
          "the operation of stack redline-local-warehouse"),
    Point("deployed", ("deploy", "local")),
    Point("upload", ("load",), {"action": "s3:PutObject", "resource": "*/incoming/*", "after": 2}),
    Point("copy", ("load",), {"action": "redshift-data:BatchExecuteStatement"}),
    Point("loaded", ("load",)),
    Point("job", ("tick", "tickit"), {"action": "sagemaker:CreateTrainingJob"},
          "it is Failed"),
    Point("registration", ("tick", "tickit"), {"action": "sagemaker:CreateModelPackage"},
          "it is Failed"),
    Point("trained", ("tick", "tickit")),
    Point("approval", ("approve", "tickit"), {"action": "sagemaker:UpdateModelPackage"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    """An empty laptop cloud, to which the tests deploy tickit."""
    with started(unstarted(tmp_path_factory.mktemp("killed"), "tickit")) as laptop:
        yield laptop


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_nothing_acknowledged_is_lost_or_duplicated(laptop, point):
    before = kept(laptop)
    if point.call is None:
        laptop.run(*point.command)
        before = kept(laptop)
        kill(laptop)
    else:
        kill_during(laptop, point)
    report = laptop.json("up")["interrupted"]
    assert any(point.interrupted in line for line in report) or not point.interrupted, report
    after = kept(laptop)
    assert before - after == set()
    assert set(rows(laptop).items()) <= set(LOADED.items())


def test_a_kill_during_a_job_leaves_no_process(laptop):
    started = laptop.json("start", "tickit", "--no-wait")["execution_arn"]
    processes = eventually(lambda: processes_of_a_job(laptop, "preprocess"))
    kill(laptop)
    _, alive = psutil.wait_procs(processes, timeout=180)
    assert alive == []
    execution = started.rpartition("/")[2]
    said = f"the execution {execution} of {TICKIT}: it is Failed"
    assert said in laptop.json("up")["interrupted"]
    status = {run["execution_id"]: run["status"] for run in laptop.json("runs", "tickit")}
    assert status[execution] == "Failed"


def test_an_acknowledged_approval_is_carried_out(laptop):
    """The server is killed before the function has deployed the approved model."""
    sagemaker = laptop.client("sagemaker")
    group = sagemaker.list_model_packages(ModelPackageGroupName=TICKIT)["ModelPackageSummaryList"]
    newest = max(group, key=lambda package: package["ModelPackageVersion"])["ModelPackageArn"]
    sagemaker.update_model_package(ModelPackageArn=newest, ModelApprovalStatus="Approved")
    kill(laptop)
    laptop.run("up")
    sagemaker = laptop.client("sagemaker")
    eventually(lambda: sagemaker.list_endpoints(StatusEquals="InService")["Endpoints"])
    assert laptop.json(*PREDICT)


def test_everything_is_there_after_down_and_up(laptop):
    before, answer = kept(laptop), laptop.json(*PREDICT)
    laptop.run("down")
    assert laptop.json("up")["interrupted"] == []
    assert kept(laptop) >= before
    assert laptop.json(*PREDICT) == answer
    assert rows(laptop) == LOADED
    assert {"sales", "listing", "event"} == set(TABLES)


def processes_of_a_job(laptop: Laptop, step: str) -> list[psutil.Process]:
    """Return the child processes of the server, if one of them runs this script."""
    record = live_server(laptop.state)
    assert record is not None
    children: list[psutil.Process] = psutil.Process(record.pid).children(recursive=True)
    return children if any(step in arguments_of(child) for child in children) else []


def arguments_of(process: psutil.Process) -> list[str]:
    """Return the arguments of a process, which may have ended."""
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def kill(laptop: Laptop) -> None:
    """Kill the server, and wait until its process has ended."""
    record = live_server(laptop.state)
    assert record is not None
    os.kill(record.pid, signal.SIGKILL)
    eventually(lambda: live_server(laptop.state) is None)


def kill_during(laptop: Laptop, point: Point) -> None:
    """Kill the server while it responds to a call of the command."""
    cloud = laptop.cloud()
    answer = inject_fault(cloud, {"kind": "slow", "seconds": 600, **point.call})
    assert "error" not in answer, answer
    with subprocess.Popen(
        laptop.command(*point.command),
        cwd=laptop.folder,
        env={**os.environ, **laptop.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as command:
        eventually(lambda: list_faults(cloud)["hits"] or command.poll() is not None)
        assert command.poll() is None, command.communicate()[0]
        kill(laptop)
        command.terminate()  # the CDK CLI would call the ended server for a minute
        command.communicate()
    assert command.returncode != 0
