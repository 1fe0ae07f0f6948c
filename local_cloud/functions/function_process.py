"""Runs one invocation of a function in a process, with the time-out and memory limit of Lambda."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # publishes no types

from local_cloud.child_environment import isolated_variables
from local_cloud.functions import bootstrap
from local_cloud.isolated_python import create_interpreter

_POLL_SECONDS = 0.05
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Invocation:
    """The unpacked code, the settings, and the event as JSON."""

    request_id: str
    function_arn: str
    task_root: Path
    environment: Mapping[str, str]
    event: str
    timeout_seconds: float
    memory_mebibytes: int


@dataclass(frozen=True)
class InvocationOutcome:
    """The response as JSON, whether it is an error, the output, duration and peak memory."""

    payload: str
    failed: bool
    printed: str
    seconds: float
    peak_mebibytes: int


def run(invocation: Invocation) -> InvocationOutcome:
    """Run the function. Kill its process at the time-out or at the memory limit."""
    with tempfile.TemporaryDirectory(prefix="laptop-function-") as folder:
        return _run_in(invocation, Path(folder))


def _run_in(invocation: Invocation, folder: Path) -> InvocationOutcome:
    answer, printed = folder / "answer", folder / "printed"
    started = time.monotonic()
    python = create_interpreter(folder / "python")
    program = [str(python / "python3"), "-I", bootstrap.__file__]
    with printed.open("wb") as log:
        process = subprocess.Popen(
            [*program, str(os.getpid()), str(invocation.task_root), str(answer)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=invocation.task_root,
            env={**isolated_variables(python, folder), **_variables(invocation)},
            # A new process group, so that child processes of the function end with it.
            start_new_session=True,
        )
        _send(process, invocation.event)
        why, peak = _watch(process, invocation, started)
    seconds = time.monotonic() - started
    text = printed.read_text(errors="replace")
    if why is None and answer.exists():
        failed = process.returncode != 0
        return InvocationOutcome(answer.read_text(), failed, text, seconds, peak)
    return InvocationOutcome(
        _failure(invocation, why, process.returncode), True, text, seconds, peak
    )


def _send(process: subprocess.Popen[bytes], event: str) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(event.encode())
        process.stdin.close()
    except BrokenPipeError:
        # The process ended before it read the event. The exit code explains more than this error.
        return


def _watch(
    process: subprocess.Popen[bytes], invocation: Invocation, started: float
) -> tuple[str | None, int]:
    """Wait for the process. Return the reason if it was killed, and the peak memory in MiB."""
    peak, why = 0, None
    while process.poll() is None:
        peak = max(peak, _memory(process.pid))
        if time.monotonic() - started > invocation.timeout_seconds:
            why = "timeout"
        elif peak > invocation.memory_mebibytes:
            why = "memory"
        if why is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            break
        time.sleep(_POLL_SECONDS)
    return why, peak


def _memory(pid: int) -> int:
    try:
        used: int = psutil.Process(pid).memory_info().rss
    except psutil.NoSuchProcess:
        return 0
    return used // _MEBIBYTE


def _failure(invocation: Invocation, why: str | None, code: int) -> str:
    """Return Lambda's response for a function that was killed or that exited."""
    if why == "timeout":
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        document = {
            "errorType": "Sandbox.Timedout",
            "errorMessage": f"{now} {invocation.request_id} "
            f"Task timed out after {invocation.timeout_seconds:.2f} seconds",
        }
    else:
        how = "signal: killed" if code < 0 else f"exit status {code}"
        document = {
            "errorType": "Runtime.OutOfMemory" if why == "memory" else "Runtime.ExitError",
            "errorMessage": f"RequestId: {invocation.request_id} "
            f"Error: Runtime exited with error: {how}",
        }
    return json.dumps(document)


def _variables(invocation: Invocation) -> dict[str, str]:
    return {
        **invocation.environment,
        "PYTHONUNBUFFERED": "1",
        "LAMBDA_TASK_ROOT": str(invocation.task_root),
        "_LAPTOP_FUNCTION_ARN": invocation.function_arn,
        "_LAPTOP_REQUEST_ID": invocation.request_id,
        "_LAPTOP_DEADLINE": str(time.time() + invocation.timeout_seconds),
    }
