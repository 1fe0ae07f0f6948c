"""Another user of the machine cannot read the state folder, nor find the secrets elsewhere."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from local_cloud.client import connect
from local_cloud.server_lifecycle import start, stop
from local_cloud.state import create_folder

OTHER_USER = 65534


@pytest.fixture(scope="module")
def state():
    """A state folder in a folder that everybody may list, unlike pytest's temporary folders."""
    parent = Path(tempfile.mkdtemp(prefix="laptop-test-"))
    parent.chmod(0o755)
    start(state=parent / "state", port=0, region="us-east-1")
    yield parent / "state"
    stop(parent / "state")
    shutil.rmtree(parent)


def test_only_the_owner_may_use_the_folder(state):
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    for name in ("server.json", "secrets.json"):
        assert stat.S_IMODE((state / name).stat().st_mode) == 0o600


def test_an_existing_folder_is_restricted(tmp_path):
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    create_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a process of another user")
def test_another_user_reads_nothing(state):
    def attempt(*command):
        return subprocess.run(
            command,
            user=OTHER_USER,
            group=OTHER_USER,
            extra_groups=[],
            cwd="/",
            capture_output=True,
        )

    assert attempt("ls", str(state.parent)).stdout == b"state\n"
    for command in (
        ("ls", str(state)),
        *(("cat", str(state / name)) for name in ("secrets.json", "server.json", "server.log")),
        ("touch", str(state / "x")),
        ("touch", str(state.parent / "x")),
    ):
        ended = attempt(*command)
        assert ended.returncode != 0
        assert b"Permission denied" in ended.stderr


def test_no_command_line_has_the_secrets(state):
    """Every user may read the command lines of all processes."""
    secrets = asdict(connect(state).secrets).values()
    lines = [" ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])]
    assert [line for line in lines if any(secret in line for secret in secrets)] == []


def test_the_secrets_end_with_the_server(state):
    before = connect(state).secrets
    stop(state)
    assert not (state / "secrets.json").exists()
    start(state=state, port=0, region="us-east-1")
    assert connect(state).secrets != before
