"""Environments are deployed one after another, and a laptop cloud is killed and restarted."""

from __future__ import annotations

import os
import re
import signal
import time

import psutil
import pytest

from tests.integration.laptop import Laptop, deployed, started

pytestmark = pytest.mark.laptop


def test_every_environment_deploys(tmp_path):
    """Other tests deploy `local` and `staging` (tests/faults/test_deployment_faults.py)."""
    with started(Laptop(tmp_path / "state")) as laptop:
        for environment in ("dev", "prod"):
            laptop.run("deploy", environment)
            assert laptop.run("status").stdout.startswith(f"{environment} in us-east-1 on the lapt")
            assert laptop.json("--env", environment, "status")["environment"] == environment


def test_without_a_cloud_every_command_says_what_to_do(tmp_path):
    laptop = Laptop(tmp_path / "nothing")
    for command in (["runs"], ["start", "tickit"], ["query", "SELECT 1"], ["load"]):
        assert "local_cloud up" in laptop.run(*command, code=2).stderr


def test_a_kill_in_the_middle_of_a_run_leaves_nothing(tmp_path):
    with deployed(tmp_path, "tickit") as laptop:
        laptop.run("start", "tickit", "--no-wait")
        server = _server(laptop)
        children = _wait_for_children(server)
        os.kill(server.pid, signal.SIGKILL)
        _, alive = psutil.wait_procs(children, timeout=60)
        assert alive == []
        restarted = laptop.run("up").stdout
        (execution,) = laptop.json("runs", "--limit", "1000")
        assert execution["status"] == "Failed"
        _, interrupted = restarted.split("it interrupted:\n")
        assert re.search(
            r"^  the execution \S+ of redline-local-tickit: it is Failed$", interrupted, re.M
        )


def _server(laptop: Laptop) -> psutil.Process:
    port = int(laptop.cloud().endpoint.rpartition(":")[2])
    listening = [
        found.pid
        for found in psutil.net_connections("tcp")
        if found.status == psutil.CONN_LISTEN and found.laddr.port == port
    ]
    return psutil.Process(listening[0])


def _wait_for_children(server: psutil.Process) -> list[psutil.Process]:
    """Wait until the first job runs, and return its processes."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        children = server.children(recursive=True)
        if any("preprocess" in found.cmdline() for found in children if found.is_running()):
            return children
        time.sleep(0.02)
    raise AssertionError("no job was started within a minute")
