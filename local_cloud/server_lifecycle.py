"""Starts and stops the server process of a state folder.

A server holds the lock of its folder from before its start until its process ends. So a folder
whose server lives is never emptied, even if the server does not respond. The saved data of an ended
server are restored by the next one.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from local_cloud.child_environment import server_variables
from local_cloud.client import connect, read_health
from local_cloud.errors import LocalCloudError, ServerFailed
from local_cloud.persistence.saved_version import check_version
from local_cloud.server_process import (
    SERVER_MODULE,
    find_server,
    is_alive,
    live_server,
    try_lock,
)
from local_cloud.state import (
    SAVED,
    SERVER_LOG,
    ServerRecord,
    create_folder,
    empty_folder,
    forget_server,
    read_server,
)

_START_TIMEOUT_SECONDS = 90.0
_STOP_TIMEOUT_SECONDS = 20.0
_POLL_SECONDS = 0.05
_LOG_LINES_SHOWN = 15
# The servers that this process started. Without a wait, an ended server remains as a zombie.
_children: dict[int, subprocess.Popen[bytes]] = {}


class ServerSilent(LocalCloudError):
    """The process of the server lives, but it does not respond."""


def start(*, state: Path, port: int, region: str, fresh: bool = False) -> ServerRecord:
    """Start the server unless it is running, and wait until it responds.

    The server restores the saved data of the folder. With `fresh` they are deleted first. Raises
    `ServerFailed` with the end of the log, `ServerSilent` if a running server does not respond,
    `NotRestorable` if another version saved the data, and `LocalCloudError` if a running server has
    another port or region, or with `fresh`.
    """
    create_folder(state)
    deadline = time.monotonic() + _START_TIMEOUT_SECONDS
    while (lock := try_lock(state)) is None:
        record = _responding(state)
        if record is not None:
            _check_same(record, port=port, region=region)
            _check_not_fresh(record, fresh=fresh)
            return record
        if time.monotonic() > deadline:
            raise _silent(state)
        time.sleep(_POLL_SECONDS)
    try:
        if not fresh:
            check_version(state / SAVED, region)
        empty_folder(state, fresh=fresh)
        process = _spawn(state=state, port=port, region=region, lock=lock)
    finally:
        os.close(lock)
    return _wait_until_ready(process, state, deadline)


def stop(state: Path) -> bool:
    """Stop the server of this folder. Return whether it was running."""
    record = find_server(state)
    if record is not None:
        _end(record)
    for ended in filter(None, (record, read_server(state))):
        _collect(ended.pid)
    forget_server(state)
    return record is not None


def _silent(state: Path) -> ServerSilent:
    record = find_server(state)
    process = "The process" if record is None else f"Process {record.pid}"
    return ServerSilent(
        f"{process} of the laptop cloud in {state} is alive but does not respond. Its state is "
        "kept. Try again later, or end it with `python -m local_cloud down`."
    )


def _check_same(record: ServerRecord, *, port: int, region: str) -> None:
    if port not in (0, record.port) or region != record.region:
        raise LocalCloudError(
            f"A laptop cloud is running already at {record.endpoint} ({record.region}), "
            f"not at port {port} ({region}). End it first with `python -m local_cloud down`."
        )


def _check_not_fresh(record: ServerRecord, *, fresh: bool) -> None:
    if fresh:
        raise LocalCloudError(
            f"A laptop cloud is running already at {record.endpoint}. --fresh deletes its state: "
            "end it first with `python -m local_cloud down`."
        )


def _spawn(*, state: Path, port: int, region: str, lock: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", SERVER_MODULE]
    command += ["--port", str(port), "--state", str(state.resolve()), "--region", region]
    command += ["--lock", str(lock)]
    with (state / SERVER_LOG).open("wb") as log:
        process = subprocess.Popen(
            command,
            env=server_variables(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(lock,),
            # A new session, so that Ctrl-C in the terminal does not end the server.
            start_new_session=True,
        )
    _children[process.pid] = process
    return process


def _wait_until_ready(
    process: subprocess.Popen[bytes], state: Path, deadline: float
) -> ServerRecord:
    try:
        while time.monotonic() < deadline and process.poll() is None:
            record = _responding(state)
            if record is not None:
                return record
            time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        process.kill()
        _collect(process.pid)
        raise
    process.kill()
    _collect(process.pid)
    raise ServerFailed(
        f"The laptop cloud did not start (exit code {process.returncode}); "
        f"the end of {state / SERVER_LOG}:\n{_log_end(state)}"
    )


def _responding(state: Path) -> ServerRecord | None:
    """Return the record of the folder's server if it lives and responds."""
    record = live_server(state)
    return record if record is not None and read_health(connect(state)) is not None else None


def _log_end(state: Path) -> str:
    lines = (state / SERVER_LOG).read_text(encoding="utf-8", errors="replace").splitlines()
    if not lines:
        return f"(it is empty; {shutil.disk_usage(state).free} bytes are free on its disk)"
    return "\n".join(lines[-_LOG_LINES_SHOWN:])


def _end(record: ServerRecord) -> None:
    """Send SIGTERM, then SIGKILL. The child processes end with the server in both cases."""
    # SIGCONT lets a stopped process handle SIGTERM.
    for number in (signal.SIGTERM, signal.SIGCONT):
        _signal(record.pid, number)
    deadline = time.monotonic() + _STOP_TIMEOUT_SECONDS
    while time.monotonic() < deadline and is_alive(record):
        time.sleep(_POLL_SECONDS)
    if is_alive(record):
        _signal(record.pid, signal.SIGKILL)


def _collect(pid: int) -> None:
    child = _children.pop(pid, None)
    if child is not None:
        child.wait()


def _signal(pid: int, number: signal.Signals) -> None:
    # The process may have ended in the meantime.
    with suppress(ProcessLookupError):
        os.kill(pid, number)
