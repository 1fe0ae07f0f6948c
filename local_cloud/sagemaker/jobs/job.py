"""The life of a job: from its request, through its hosts' processes, to its outputs."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from local_cloud.sagemaker.errors import JobFailed, JobStopped
from local_cloud.sagemaker.jobs.history import History
from local_cloud.sagemaker.jobs.hosts import Host, HostExited, Limits, OutOfTime, RunningHost, watch
from local_cloud.sagemaker.jobs.instances import GIBIBYTE, MEMORY_BYTES
from local_cloud.sagemaker.jobs.isolation import launch
from local_cloud.sagemaker.jobs.logs import LogStream
from local_cloud.sagemaker.jobs.work import Work

logger = logging.getLogger(__name__)

_KILLED = 128 + 9
_NO_MESSAGE = "See job logs for more information"
_REASON_CHARACTERS = 1024


class Job:
    """A processing or training job of the service.

    `folder` is the job's own, removed when it completes; `on_change(job)` is called after each
    change of status; `finished` is set at the end.
    """

    def __init__(self, work: Work, *, folder: Path, on_change: Callable[[Job], None]) -> None:
        self.work = work
        self.arn = work.arn
        self.tags = list(work.request.get("Tags") or [])
        self.finished = threading.Event()
        self._history = History(work.kind.name)
        self._folder = folder
        self._on_change = on_change
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin the work in a thread of its own."""
        self._history.enter("Starting", "Starting the job")
        threading.Thread(target=self._run, name=f"job-{self.work.name}").start()

    def stop(self) -> None:
        """Ask the job to stop; a job that has ended stays as it is."""
        with self._history.lock:
            if self._history.status != "InProgress":
                return
            self._history.move_to("Stopping")
        self._stop.set()
        self._on_change(self)

    def describe(self) -> dict[str, Any]:
        """The members of DescribeProcessingJob or DescribeTrainingJob."""
        request = {name: value for name, value in self.work.request.items() if name != "Tags"}
        arn = {f"{self.work.kind.name}JobArn": self.arn}
        return request | arn | self._history.describe() | self.work.results()

    def _run(self) -> None:
        self._on_change(self)
        try:
            self._live()
        finally:
            self.finished.set()

    def _live(self) -> None:
        try:
            self._carry_out()
            self._end("Completed", "Completed", "Job completed")
        except OutOfTime as error:
            self._history.failure_reason = f"ClientError: MaxRuntimeExceeded: {error}"
            self._end("Stopped", "MaxRuntimeExceeded", str(error))
        except JobStopped as error:
            self._end("Stopped", "Stopped", str(error))
        except (JobFailed, HostExited) as error:
            self._fail(self._reason(error))
        except Exception as error:  # the job's edge: a fault of ours must end it, and be seen
            logger.exception("Job %s broke off", self.work.name)
            self._fail(f"InternalServerError: {type(error).__name__}: {error}")

    def _carry_out(self) -> None:
        hosts = self._make_hosts()
        self._history.enter("Downloading", "Downloading input data")
        self.work.fetch(hosts)
        self._history.start_clock()
        self._history.enter("Training", "The container is running")
        self._execute(hosts)
        messages = [message for host in hosts if (message := self.work.message(host))]
        self._history.exit_message = messages[0] if messages else None
        self._history.enter("Uploading", "Uploading outputs")
        self.work.deliver(hosts)
        shutil.rmtree(self._folder)

    def _make_hosts(self) -> list[Host]:
        names = [f"algo-{number}" for number in range(1, self.work.instance_count + 1)]
        hosts = [Host(name, index, self._folder / name / "ml") for index, name in enumerate(names)]
        for host in hosts:
            for folder in (host.folder, host.mount_point, host.current, host.scratch):
                folder.mkdir(parents=True)
            self.work.configure(host, names)
        return hosts

    def _execute(self, hosts: list[Host]) -> None:
        limits = self._limits()
        limits.check()
        try:
            with ExitStack() as ending:
                running = [ending.enter_context(closing(self._launch(host))) for host in hosts]
                watch(running, limits)
        except JobStopped:
            self.work.deliver_stopped(hosts)
            raise

    def _launch(self, host: Host) -> RunningHost:
        prepared = launch(
            command=self.work.command(),
            environment=self.work.environment(host.scratch),
            folder=host.folder,
            mount_point=host.mount_point,
            network=self.work.has_network,
        )
        stream = LogStream(
            self.work.client("logs"),
            group=self.work.kind.log_group,
            name=f"{self.work.name}/{host.name}-{int(self._history.created.timestamp())}",
            observe=self.work.observe,
        )
        return RunningHost(host, prepared, stream.copy)

    def _limits(self) -> Limits:
        return Limits(
            instance_type=self.work.instance_type,
            memory_bytes=MEMORY_BYTES[self.work.instance_type],
            deadline=time.monotonic() + self.work.max_runtime_seconds,
            max_runtime_seconds=self.work.max_runtime_seconds,
            stop=self._stop,
        )

    def _reason(self, error: JobFailed | HostExited) -> str:
        if isinstance(error, JobFailed):
            return str(error)
        message = self.work.message(error.host)
        self._history.exit_message = message or None
        reason = f"AlgorithmError: {message or _NO_MESSAGE}, exit code: {error.code}"
        if error.code != _KILLED:
            return reason
        gibibytes = MEMORY_BYTES[self.work.instance_type] / GIBIBYTE
        return (
            f"{reason}. The process was killed, most often for want of memory: "
            f"{self.work.instance_type} has {gibibytes:.0f} GiB."
        )

    def _fail(self, reason: str) -> None:
        self._history.failure_reason = reason[:_REASON_CHARACTERS]
        self._end("Failed", "Failed", reason)

    def _end(self, status: str, phase: str, message: str) -> None:
        self._history.end(status, phase, message)
        self._on_change(self)
