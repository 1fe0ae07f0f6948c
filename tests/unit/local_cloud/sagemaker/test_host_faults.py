"""Jobs and endpoints whose hosts a fault strikes: what is told, and what is left."""

from __future__ import annotations

import pytest

from local_cloud.faults import FAULTS
from local_cloud.faults.fault import Fault
from local_cloud.sagemaker.jobs import isolation

needs_namespaces = pytest.mark.skipif(
    not isolation.has_namespaces(), reason="this machine forbids mount namespaces"
)
OUT = "/opt/ml/processing/output/out"
WRITE = f'open("{OUT}/x", "w").write("x")'
SLEEP = "import time; time.sleep(600)"


@pytest.fixture(autouse=True)
def no_faults_left():
    yield
    FAULTS.clear()


def inject(kind, resource="*/algo-1", **more):
    FAULTS.inject(Fault(kind=kind, resource=resource, **more))


def hits():
    return [(hit["kind"], hit["resource"].rpartition("/")[2]) for hit in FAULTS.report()["hits"]]


def run(workshop, script, **more):
    request = workshop.processing(script, outputs={"out": workshop.uri("out")}, **more)
    return workshop.run_processing(request)


def test_a_killed_host_is_said_to_want_memory(workshop):
    inject("kill", seconds=0.5)
    found = run(workshop, SLEEP)
    assert "exit code: 137. The process was killed" in found["FailureReason"]
    assert hits() == [("kill", "algo-1")]


@pytest.mark.parametrize("namespaces", [True, False])
def test_a_host_is_killed_as_soon_as_there_is_something_to_kill(workshop, monkeypatch, namespaces):
    if namespaces and not isolation.has_namespaces():
        pytest.skip("this machine forbids mount namespaces")
    monkeypatch.setattr(isolation, "has_namespaces", lambda: namespaces)
    inject("kill")
    assert "exit code: 137" in run(workshop, SLEEP)["FailureReason"]


def test_one_lost_instance_of_three_fails_the_job_and_leaves_no_output(workshop):
    inject("lost_instance", "*/algo-2", seconds=1)
    found = run(workshop, f"{WRITE}; {SLEEP}", count=3)
    assert found["ProcessingJobStatus"] == "Failed"
    reason = "InternalServerError: We encountered an internal error. Please try again."
    assert found["FailureReason"] == reason
    assert workshop.keys("out") == []
    assert hits() == [("lost_instance", "algo-2")]


def test_a_lost_instance_of_a_training_job_leaves_no_model(workshop):
    inject("lost_instance")
    found = workshop.run_training(workshop.training(f'open("/opt/ml/model/m", "w"); {SLEEP}'))
    assert found["FailureReason"].startswith("InternalServerError: ")
    assert workshop.keys("models") == []


FILL = f"""
import errno
try:
    open("{OUT}/large", "wb").write(bytes(100_000))
except OSError as error:
    open("/opt/ml/output/message", "w").write(errno.errorcode[error.errno])
    raise SystemExit(1)
"""


@needs_namespaces
def test_a_full_disk_is_seen_by_the_script(workshop):
    inject("disk_full")
    # What the job brings along was there before the disk was full.
    assert run(workshop, FILL.replace("message", "nothing"))["FailureReason"].endswith("code: 1")
    inject("disk_full")
    script = FILL.replace("except OSError as error:", "except OSError as error:\n    clear()")
    clear = f'import os\ndef clear(): os.truncate("{OUT}/large", 0)\n'
    found = run(workshop, clear + script)
    assert found["FailureReason"] == "AlgorithmError: ENOSPC, exit code: 1"


@needs_namespaces
def test_temporary_files_are_on_the_full_disk_too(workshop):
    inject("disk_full")
    script = """
import tempfile
with tempfile.TemporaryFile() as file:
    file.write(bytes(100_000))
"""
    found = run(workshop, script)
    assert found["ProcessingJobStatus"] == "Failed"


@needs_namespaces
def test_a_job_that_needs_little_room_completes_on_a_full_disk(workshop):
    inject("disk_full")
    script = f"""
import os, pathlib
assert "LAPTOP_BYTES_LEFT" not in os.environ
out = pathlib.Path("{OUT}")
(out / "deep").mkdir()
(out / "deep/x").write_text("small")
pathlib.Path("/opt/ml/config/resourceconfig.json").unlink()
"""
    found = run(workshop, script)
    assert found["ProcessingJobStatus"] == "Completed", found
    assert workshop.text("out/deep/x") == "small"
    assert hits() == [("disk_full", "algo-1")]


def test_a_machine_without_namespaces_has_no_full_disk(workshop, monkeypatch):
    monkeypatch.setattr(isolation, "has_namespaces", lambda: False)
    inject("disk_full")
    assert "no disk can be full here" in run(workshop, WRITE)["FailureReason"]
