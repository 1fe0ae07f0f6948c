"""The process of a folder's server: whether it lives, and the lock that it holds while it lives."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # publishes no types

from local_cloud.state import LOCK, ServerRecord, read_server

SERVER_MODULE = "local_cloud.server"
# The system returns the start of the machine in whole seconds.
_TOLERANCE_SECONDS = 1.5


def live_server(state: Path) -> ServerRecord | None:
    """Return the record of this folder's server if its process lives, even if it is stopped."""
    record = read_server(state)
    return record if record is not None and is_alive(record) else None


def is_alive(record: ServerRecord) -> bool:
    """Return whether the process of the record lives. The system may have reused its id."""
    try:
        process = psutil.Process(record.pid)
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and abs(_start(process) - record.started) < _TOLERANCE_SECONDS
        )
    except psutil.Error:
        return False


def find_server(state: Path) -> ServerRecord | None:
    """Return the record of this folder's server; without a record, look for the process.

    The record may be damaged or of another version. Then its port and its region are unknown.
    """
    record = live_server(state)
    return record if record is not None or _is_free(state) else _of_process(state)


def _is_free(state: Path) -> bool:
    """Return whether no server holds the lock of the folder."""
    if not (state / LOCK).is_file():
        return True
    lock = try_lock(state)
    if lock is not None:
        os.close(lock)
    return lock is not None


def _of_process(state: Path) -> ServerRecord | None:
    folder = str(state.resolve())
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if SERVER_MODULE in words and folder in words:
            with suppress(psutil.Error):
                return ServerRecord(process.pid, _start(process), port=0, region="")
    return None


def start_of_this_process() -> float:
    """Return when this process started, in seconds since the start of the machine."""
    return _start(psutil.Process())


def try_lock(state: Path) -> int | None:
    """Lock the folder. Return the file descriptor, or None if another process has the lock.

    A child process that inherits the descriptor shares the lock, which ends with the last of them.
    """
    descriptor = os.open(state / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _start(process: psutil.Process) -> float:
    # Both times move if the clock is adjusted, but not their difference.
    seconds: float = process.create_time() - psutil.boot_time()
    return seconds
