"""The hosts of a job: one process each. Watches for exits, memory, time and stop requests."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import psutil  # type: ignore[import-untyped]  # publishes no types

from local_cloud.faults.fault import Fault
from local_cloud.sagemaker.exceptions import JobFailed, JobStopped
from local_cloud.sagemaker.jobs.host_faults import INTERRUPT, KILL, LOST_INSTANCE
from local_cloud.sagemaker.jobs.instance_types import GIBIBYTE
from local_cloud.sagemaker.jobs.process_isolation import ROOT, Launch

_POLL_SECONDS = 0.02
_MEMORY_POLL_SECONDS = 0.2
# The service waits 120 s between SIGTERM and SIGKILL. Here the user waits for less time.
STOP_GRACE_SECONDS = 10.0


@dataclass(frozen=True)
class Host:
    """An instance of a job (`algo-1`, …). For its process, the folder is /opt/ml."""

    name: str
    index: int
    folder: Path

    @property
    def mount_point(self) -> Path:
        """An empty folder next to the folder of the job."""
        return self.folder.parent / "opt"

    @property
    def current(self) -> Path:
        """The empty folder that is the working directory of the process."""
        return self.folder.parent / "current"

    @property
    def scratch(self) -> Path:
        """The folder for HOME and TMPDIR of the process."""
        return self.folder.parent / "scratch"

    def path(self, container_path: str) -> Path:
        """Return the local path of a path under /opt/ml. Raises `JobFailed` for other paths."""
        path = PurePosixPath(container_path)
        if not path.is_relative_to(ROOT) or ".." in path.parts:
            raise JobFailed(f"ClientError: {container_path[:200]!r} is not a path under {ROOT}.")
        return self.folder / path.relative_to(ROOT)


@dataclass(frozen=True)
class Limits:
    """The limits of a host: the memory of its instance, the time of the job, a stop request."""

    instance_type: str
    memory_bytes: int
    deadline: float
    max_runtime_seconds: int
    stop: threading.Event

    def check(self) -> None:
        """Raise `JobStopped` or `OutOfTime` if the job must end now."""
        if self.stop.is_set():
            raise JobStopped("The job was stopped.")
        if time.monotonic() > self.deadline:
            raise OutOfTime(f"The job ran longer than {self.max_runtime_seconds} s.")


class OutOfTime(JobStopped):
    """MaxRuntimeInSeconds has passed. `phase` is the SecondaryStatus of the job."""

    phase = "MaxRuntimeExceeded"


class OutOfWaitTime(OutOfTime):
    """MaxWaitTimeInSeconds has passed."""

    phase = "MaxWaitTimeExceeded"


class SpotInterruption(Exception):
    """The spot instances of a job were taken away, with all their data."""


class InstanceLost(JobFailed):
    """An instance was lost with all its data. As on the service, the reason is not specific."""

    def __init__(self) -> None:
        super().__init__("InternalServerError: We encountered an internal error. Please try again.")


class HostExited(Exception):
    """A host's process ended with an exit code other than 0."""

    def __init__(self, host: Host, code: int) -> None:
        super().__init__(f"{host.name} ended with exit code {code}")
        self.host = host
        self.code = code


class RunningHost:
    """A host's process, and the thread that reads its output.

    `fault` is injected `fault.seconds` after the start.
    """

    def __init__(
        self,
        host: Host,
        launch: Launch,
        read: Callable[[IO[bytes]], None],
        *,
        fault: Fault | None = None,
    ) -> None:
        self.host = host
        self._fault = fault
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            launch.command,
            env=launch.environment,
            cwd=host.current,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self._process.stdout is not None
        self._reader = threading.Thread(
            target=read, args=[self._process.stdout], name=f"log-{host.name}"
        )
        self._reader.start()

    def exit_code(self) -> int | None:
        """Return the exit code; None while the process runs."""
        return self._process.poll()

    def resident_bytes(self) -> int:
        """Return the memory of all processes of the host. Shared pages count once per process."""
        try:
            processes = psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return 0
        return sum(map(_resident_bytes, processes))

    def inject_fault(self) -> None:
        """Inject the fault if it is due. Raises `InstanceLost` or `SpotInterruption`."""
        fault = self._fault
        if fault is None or time.monotonic() < self._started + fault.seconds:
            return
        if fault.kind == LOST_INSTANCE:
            self._kill()
            raise InstanceLost
        if fault.kind == INTERRUPT:
            self._kill()
            raise SpotInterruption
        if fault.kind == KILL and self._kill():
            self._fault = None

    def terminate(self) -> None:
        """Send SIGTERM to the script."""
        self._process.terminate()

    def close(self) -> None:
        """Kill the running processes, and wait until the last line has been read."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._reader.join()
        self._process.stdout.close()

    def _kill(self) -> bool:
        """Kill as the kernel does when memory runs out. Return False before the script starts."""
        try:
            children = psutil.Process(self._process.pid).children()
            for process in children:
                process.kill()
        except psutil.NoSuchProcess:
            return True
        return bool(children)


def watch(hosts: Sequence[RunningHost], limits: Limits, *, meanwhile: Callable[[], None]) -> None:
    """Wait until every host has ended with exit code 0. `meanwhile` is called again and again.

    Raises `HostExited` for the first host with another exit code, and `JobFailed` if a host used
    too much memory or was lost. Raises `OutOfTime` or `JobStopped` after the hosts had time to
    end on SIGTERM.
    """
    try:
        _watch(hosts, limits, meanwhile)
    except JobStopped:
        _terminate(hosts)
        raise


def _watch(hosts: Sequence[RunningHost], limits: Limits, meanwhile: Callable[[], None]) -> None:
    next_memory_check = time.monotonic()
    while not _all_done(hosts):
        limits.check()
        for host in hosts:
            host.inject_fault()
        if time.monotonic() >= next_memory_check:
            _check_memory(hosts, limits)
            meanwhile()
            next_memory_check = time.monotonic() + _MEMORY_POLL_SECONDS
        time.sleep(_POLL_SECONDS)


def _all_done(hosts: Sequence[RunningHost]) -> bool:
    codes = [host.exit_code() for host in hosts]
    for host, code in zip(hosts, codes, strict=True):
        if code:
            raise HostExited(host.host, code)
    return None not in codes


def _check_memory(hosts: Sequence[RunningHost], limits: Limits) -> None:
    for host in hosts:
        used = host.resident_bytes()
        if used > limits.memory_bytes:
            raise JobFailed(
                f"ClientError: Please use an instance type with more memory. {host.host.name} used "
                f"{used / GIBIBYTE:.2f} GiB of memory; {limits.instance_type} has "
                f"{limits.memory_bytes / GIBIBYTE:.2f} GiB."
            )


def _terminate(hosts: Sequence[RunningHost]) -> None:
    for host in hosts:
        host.terminate()
    deadline = time.monotonic() + STOP_GRACE_SECONDS
    while time.monotonic() < deadline and any(host.exit_code() is None for host in hosts):
        time.sleep(_POLL_SECONDS)


def _resident_bytes(process: psutil.Process) -> int:
    try:
        resident: int = process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0
    return resident
