"""Starts and stops the server process of a state folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from local_cloud.client import running_server
from local_cloud.context import variables_but_aws
from local_cloud.errors import LocalCloudError, ServerFailed
from local_cloud.state import SERVER_LOG, ServerRecord, forget_server, prepare, read_server

_START_TIMEOUT_SECONDS = 90.0
_STOP_TIMEOUT_SECONDS = 20.0
_POLL_SECONDS = 0.05
_LOG_LINES_SHOWN = 15
# The servers that this process started. Without a wait, an ended server remains as a zombie.
_children: dict[int, subprocess.Popen[bytes]] = {}


def start(*, state: Path, port: int, region: str) -> ServerRecord:
    """Start the server unless it is running, and wait until it responds.

    The files of a killed server are removed first. Raises `ServerFailed` with the end of the log,
    and `LocalCloudError` if a running server has another port or region.
    """
    record = running_server(state)
    if record is not None:
        _check_same(record, port=port, region=region)
        return record
    stop(state)
    prepare(state)
    process = _spawn(state=state, port=port, region=region)
    return _wait_until_healthy(process, state)


def stop(state: Path) -> bool:
    """Stop the server of this folder. Return whether it was running."""
    record = read_server(state)
    if record is None:
        return False
    alive = _is_our_server(record.pid)
    if alive:
        _end(record.pid)
    else:
        _collect(record.pid)
    forget_server(state)
    return alive


def _check_same(record: ServerRecord, *, port: int, region: str) -> None:
    if port not in (0, record.port) or region != record.region:
        raise LocalCloudError(
            f"A laptop cloud is running already at {record.endpoint} ({record.region}), "
            f"not at port {port} ({region}). End it first with `python -m local_cloud down`."
        )


def _spawn(*, state: Path, port: int, region: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "local_cloud.server"]
    command += ["--port", str(port), "--state", str(state.resolve()), "--region", region]
    with (state / SERVER_LOG).open("wb") as log:
        process = subprocess.Popen(
            command,
            env=variables_but_aws(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # A new session, so that Ctrl-C in the terminal does not end the server.
            start_new_session=True,
        )
    _children[process.pid] = process
    return process


def _wait_until_healthy(process: subprocess.Popen[bytes], state: Path) -> ServerRecord:
    deadline = time.monotonic() + _START_TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        record = running_server(state)
        if record is not None:
            return record
        time.sleep(_POLL_SECONDS)
    process.kill()
    _collect(process.pid)
    raise ServerFailed(
        f"The laptop cloud did not start (exit code {process.returncode}); "
        f"the end of {state / SERVER_LOG}:\n{_log_end(state)}"
    )


def _log_end(state: Path) -> str:
    lines = (state / SERVER_LOG).read_text(errors="replace").splitlines()
    return "\n".join(lines[-_LOG_LINES_SHOWN:])


def _end(pid: int) -> None:
    """Send SIGTERM, then SIGKILL. The child processes end with the server in both cases."""
    _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_TIMEOUT_SECONDS
    while time.monotonic() < deadline and _is_our_server(pid):
        time.sleep(_POLL_SECONDS)
    if _is_our_server(pid):
        _signal(pid, signal.SIGKILL)
    _collect(pid)


def _collect(pid: int) -> None:
    child = _children.pop(pid, None)
    if child is not None:
        child.wait()


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _is_our_server(pid: int) -> bool:
    """Return whether the process is a laptop cloud. The system may have reused the process id."""
    answer = subprocess.run(
        ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    status, _, command = answer.stdout.strip().partition(" ")
    return not status.startswith("Z") and "local_cloud.server" in command
