"""Jobs whose hosts are killed, are lost, or have a full disk: failure reasons and outputs."""

from __future__ import annotations

import pytest

from local_cloud.sagemaker.jobs import process_isolation

needs_namespaces = pytest.mark.skipif(
    not process_isolation.has_namespaces(), reason="this machine does not allow mount namespaces"
)
OUT = "/opt/ml/processing/output/out"
WRITE = f'open("{OUT}/x", "w").write("x")'
SLEEP = "import time; time.sleep(600)"


def run(workshop, script, **more):
    request = workshop.processing(script, outputs={"out": workshop.uri("out")}, **more)
    return workshop.run_processing(request)


def test_the_reason_of_a_killed_host_suggests_more_memory(workshop, faults):
    faults.inject("kill", seconds=0.5)
    found = run(workshop, SLEEP)
    assert "exit code: 137. The process was killed" in found["FailureReason"]
    assert faults.hits() == [("kill", "algo-1")]


@pytest.mark.parametrize("namespaces", [True, False])
def test_a_host_is_killed_as_soon_as_its_script_runs(workshop, monkeypatch, namespaces, faults):
    if namespaces and not process_isolation.has_namespaces():
        pytest.skip("this machine does not allow mount namespaces")
    monkeypatch.setattr(process_isolation, "has_namespaces", lambda: namespaces)
    faults.inject("kill")
    assert "exit code: 137" in run(workshop, SLEEP)["FailureReason"]


def test_one_lost_instance_of_three_fails_the_job_and_leaves_no_output(workshop, faults):
    faults.inject("lost_instance", resource="*/algo-2", seconds=1)
    found = run(workshop, f"{WRITE}; {SLEEP}", count=3)
    assert found["ProcessingJobStatus"] == "Failed"
    reason = "InternalServerError: We encountered an internal error. Please try again."
    assert found["FailureReason"] == reason
    assert workshop.keys("out") == []
    assert faults.hits() == [("lost_instance", "algo-2")]


def test_a_lost_instance_of_a_training_job_leaves_no_model(workshop, faults):
    faults.inject("lost_instance")
    found = workshop.run_training(workshop.training(f'open("/opt/ml/model/m", "w"); {SLEEP}'))
    assert found["FailureReason"].startswith("InternalServerError: ")
    assert workshop.keys("models") == []


FILL = f"""
import errno, os
try:
    open("{OUT}/large", "wb").write(bytes(100_000))
except OSError as error:
    os.truncate("{OUT}/large", 0)
    open("/opt/ml/output/message", "w").write(errno.errorcode[error.errno])
    raise SystemExit(1)
"""


@needs_namespaces
def test_the_script_sees_a_full_disk(workshop, faults):
    faults.inject("disk_full")
    found = run(workshop, FILL)
    assert found["FailureReason"] == "AlgorithmError: ENOSPC, exit code: 1"
    assert workshop.keys("out") == []


@needs_namespaces
def test_temporary_files_are_on_the_full_disk_too(workshop, faults):
    faults.inject("disk_full")
    script = """
import tempfile
with tempfile.TemporaryFile() as file:
    file.write(bytes(100_000))
"""
    assert run(workshop, script)["FailureReason"].endswith("exit code: 1")
    assert run(workshop, script)["ProcessingJobStatus"] == "Completed"


@needs_namespaces
def test_a_job_that_writes_little_completes_on_a_full_disk(workshop, faults):
    faults.inject("disk_full")
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
    assert faults.hits() == [("disk_full", "algo-1")]


def test_a_full_disk_needs_namespaces(workshop, monkeypatch, faults):
    monkeypatch.setattr(process_isolation, "has_namespaces", lambda: False)
    faults.inject("disk_full")
    assert "A full disk needs mount namespaces" in run(workshop, WRITE)["FailureReason"]


RETRY = {
    "ExceptionType": ["SageMaker.JOB_INTERNAL_ERROR"],
    "IntervalSeconds": 1,
    "BackoffRate": 1,
}


@pytest.mark.parametrize("times", [1, 3])
def test_a_step_that_lost_its_instance_is_retried_as_its_policy_says(workshop, times, faults):
    faults.inject("lost_instance", times=times)
    policies = [{**RETRY, "MaxAttempts": 2}]
    request = workshop.processing(WRITE, outputs={"out": workshop.uri("out")})
    step = workshop.step("S", "Processing", request, RetryPolicies=policies)
    outcome = workshop.run(workshop.pipeline([step]))
    assert outcome.steps["S"]["AttemptCount"] == min(times + 1, 3)
    assert len(faults.hits()) == times
    if times == 1:
        assert outcome.status == "Succeeded"
        assert workshop.keys("out") == ["out/x"]
    else:
        assert outcome.reasons["S"].startswith("InternalServerError: ")
        assert workshop.keys("out") == []
