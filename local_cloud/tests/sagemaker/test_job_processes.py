"""The processes of jobs: their view of the file system, and their end with the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from local_cloud.client import connect
from local_cloud.sagemaker.jobs import process_isolation
from local_cloud.sagemaker.jobs.container_images import repository_of
from local_cloud.sagemaker.jobs.instance_types import GIBIBYTE, MEMORY_BYTES
from local_cloud.sagemaker.jobs.s3_transfers import S3Object, shard
from local_cloud.sagemaker.jobs.training_metrics import MetricReader
from local_cloud.server_process import live_server

needs_namespaces = pytest.mark.skipif(
    not process_isolation.has_namespaces(), reason="this machine does not allow mount namespaces"
)


def run(prepared: process_isolation.Launch, folder: Path) -> tuple[int, str]:
    """Return exit code and output. The input remains open, as with a running server."""
    process = subprocess.Popen(
        prepared.command,
        env={"PATH": os.environ["PATH"]} | prepared.environment,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process.stdin, process.stdout:
        printed = process.stdout.read()
        return process.wait(), printed


def prepare(folder: Path, command: list[str], **environment: str) -> process_isolation.Launch:
    for name in ("ml", "opt"):
        (folder / name).mkdir()
    return process_isolation.launch(
        command=command,
        environment=environment,
        folder=folder / "ml",
        mount_point=folder / "opt",
        network=True,
    )


READ = "import os, sys; print(open(sys.argv[1]).read(), os.environ['PLACE'], sys.argv[1])"


@needs_namespaces
def test_a_process_sees_its_folder_as_opt_ml(tmp_path):
    command = [sys.executable, "-c", READ, "/opt/ml/x"]
    prepared = prepare(tmp_path, command, PLACE="/opt/ml/y")
    (tmp_path / "ml/x").write_text("mine")
    assert run(prepared, tmp_path) == (0, "mine /opt/ml/y /opt/ml/x\n")


@needs_namespaces
def test_other_entries_of_opt_stay_visible_and_the_machine_is_unchanged(tmp_path):
    before = {path.name for path in Path("/opt").iterdir()}
    prepared = prepare(tmp_path, ["ls", "/opt"])
    _, printed = run(prepared, tmp_path)
    assert set(printed.split()) == before | {"ml"}
    assert {path.name for path in Path("/opt").iterdir()} == before


def test_without_namespaces_the_paths_are_rewritten(tmp_path, monkeypatch):
    monkeypatch.setattr(process_isolation, "has_namespaces", lambda: False)
    command = [sys.executable, "-c", READ, "/opt/ml/x"]
    prepared = prepare(tmp_path, command, PLACE="/opt/ml/y")
    (tmp_path / "ml/x").write_text("mine")
    folder = tmp_path / "ml"
    assert run(prepared, tmp_path) == (0, f"mine {folder}/y {folder}/x\n")
    assert prepared.environment["SAGEMAKER_BASE_DIR"] == str(folder)


@pytest.mark.parametrize("namespaces", [True, False])
@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("raise SystemExit(3)", 3),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 137),
    ],
)
def test_the_exit_code_is_that_of_the_script(tmp_path, monkeypatch, namespaces, script, code):
    if namespaces and not process_isolation.has_namespaces():
        pytest.skip("this machine does not allow mount namespaces")
    monkeypatch.setattr(process_isolation, "has_namespaces", lambda: namespaces)
    prepared = prepare(tmp_path, [sys.executable, "-c", script])
    assert run(prepared, tmp_path)[0] == code


@pytest.fixture
def server(tmp_path):
    """A separate server process and its cloud."""
    command = [sys.executable, "-m", "local_cloud.server", "--port", "0", "--state", str(tmp_path)]
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        wait_for(lambda: live_server(tmp_path) or process.poll() is not None)
        yield process, connect(tmp_path)
    finally:
        process.kill()
        process.wait()


def processes_with(marker: str) -> list[psutil.Process]:
    return [p for p in psutil.process_iter(["cmdline"]) if marker in str(p.info["cmdline"])]


def wait_for(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_of_a_job_outlives_its_server(server, monkeypatch, workshop_at, number):
    process, cloud = server
    workshop = workshop_at(cloud)
    marker = f"marker-{uuid4().hex}"
    # A grandchild in its own session is the hardest process to find.
    script = f"""
import subprocess, sys, time
sleep = [sys.executable, "-c", "import time; time.sleep(600)", "{marker}"]
subprocess.Popen(sleep, start_new_session=True)
time.sleep(600)
"""
    request = workshop.processing(script, arguments=[marker])
    workshop.sagemaker.create_processing_job(ProcessingJobName="forever", **request)
    wait_for(lambda: len(processes_with(marker)) >= 3)
    process.send_signal(number)
    process.wait(timeout=30)
    if not process_isolation.has_namespaces():
        pytest.skip("a grandchild in another session is found through the PID namespace only")
    wait_for(lambda: not processes_with(marker))


def test_folders_of_an_earlier_server_are_removed(tmp_path, repository):
    """Runs in a separate process, because the cloud of these tests must not be replaced."""
    (tmp_path / "jobs/old/algo-1").mkdir(parents=True)
    script = f"""
import pathlib
from local_cloud.context import Cloud
from local_cloud.sagemaker import install
install(Cloud(endpoint="http://localhost:1", state=pathlib.Path({str(tmp_path)!r})))
"""
    subprocess.run([sys.executable, "-c", script], cwd=repository, check=True)
    assert not (tmp_path / "jobs").exists()


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("registry.example/sagemaker-xgboost:3.2-0", "sagemaker-xgboost"),
        ("registry.example/team/image@sha256:0", "image"),
        ("plain", "plain"),
    ],
)
def test_the_repository_of_an_image(uri, name):
    assert repository_of(uri) == name


def test_every_instance_type_exists_on_the_service(sagemaker):
    shapes = sagemaker.meta.service_model
    known = {
        name
        for shape in (
            "ProcessingInstanceType",
            "TrainingInstanceType",
            "TransformInstanceType",
            "ProductionVariantInstanceType",
        )
        for name in shapes.shape_for(shape).enum
    }
    assert set(MEMORY_BYTES) - known == set()
    assert MEMORY_BYTES["ml.m5.xlarge"] == 16 * GIBIBYTE


def test_shards_are_disjoint_and_complete():
    objects = [S3Object("b", str(number), str(number)) for number in range(7)]
    shares = [
        shard(objects, distribution="ShardedByS3Key", index=index, count=3) for index in range(3)
    ]
    assert [len(share) for share in shares] == [3, 2, 2]
    assert {one.key for share in shares for one in share} == {str(n) for n in range(7)}


def test_a_metric_has_its_last_value():
    reader = MetricReader([{"Name": "loss", "Regex": "loss=([0-9.]+|nan-ish)"}])
    for line in ("loss=2.5", "nothing", "loss=1.5 loss=0.5", "loss=nan-ish"):
        reader.read(line)
    (metric,) = reader.final()
    assert (metric["MetricName"], metric["Value"]) == ("loss", 0.5)
