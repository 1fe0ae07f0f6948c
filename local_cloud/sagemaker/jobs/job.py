"""The life of a job: from its request, through its hosts' processes, to its outputs."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local_cloud.sagemaker.errors import JobFailed, JobStopped
from local_cloud.sagemaker.jobs.hosts import Host, HostExited, Limits, OutOfTime, RunningHost, watch
from local_cloud.sagemaker.jobs.instances import GIBIBYTE, MEMORY_BYTES
from local_cloud.sagemaker.jobs.isolation import launch
from local_cloud.sagemaker.jobs.logs import LogStream
from local_cloud.sagemaker.jobs.training import TrainingWork
from local_cloud.sagemaker.jobs.work import Work

logger = logging.getLogger(__name__)

_NEXT = {
    "InProgress": {"Completed", "Failed", "Stopping", "Stopped"},
    "Stopping": {"Stopped", "Failed", "Completed"},
}
_FINAL = frozenset({"Completed", "Failed", "Stopped"})
_KILLED = 128 + 9
_NO_MESSAGE = "See job logs for more information"


class Job:
    """A processing or training job of the service.

    `on_change(job)` is called after each change of its status; `finished` is set at the end.
    """

    def __init__(self, work: Work, *, folder: Path, on_change: Callable[[Job], None]) -> None:
        self.work = work
        self.arn = work.arn
        self.tags = list(work.request.get("Tags") or [])
        self.finished = threading.Event()
        self.status = "InProgress"
        self.created = datetime.now(UTC)
        self._folder = folder
        self._on_change = on_change
        self._stop = threading.Event()
        self._lock = threading.RLock()
        self._secondary: list[dict[str, Any]] = []
        self._times: dict[str, datetime] = {}
        self._failure_reason: str | None = None
        self._exit_message: str | None = None
        self._modified = self.created
        self._thread = threading.Thread(target=self._run, name=f"job-{work.name}")

    def start(self) -> None:
        """Begin the work in a thread of its own."""
        self._enter("Starting", "Starting the job")
        self._thread.start()

    def stop(self) -> None:
        """Ask the job to stop; a job that has ended stays as it is."""
        with self._lock:
            if self.status == "InProgress":
                self._move_to("Stopping")
                self._stop.set()

    @property
    def failure_reason(self) -> str | None:
        """Why the job failed or ran out of time."""
        return self._failure_reason

    def describe(self) -> dict[str, Any]:
        """The members of DescribeProcessingJob or DescribeTrainingJob."""
        name = self.work.kind.name
        with self._lock:
            described = {key: value for key, value in self.work.request.items() if key != "Tags"}
            described |= {
                f"{name}JobArn": self.arn,
                f"{name}JobStatus": self.status,
                "CreationTime": self.created,
                "LastModifiedTime": self._modified,
                "FailureReason": self._failure_reason,
                "ExitMessage": self._exit_message,
                **self._times,
            }
            if isinstance(self.work, TrainingWork):
                described |= self._describe_training(self.work)
        return {key: value for key, value in described.items() if value is not None}

    def _describe_training(self, work: TrainingWork) -> dict[str, Any]:
        described: dict[str, Any] = {
            "SecondaryStatus": self._secondary[-1]["Status"],
            "SecondaryStatusTransitions": [dict(entry) for entry in self._secondary],
            "ModelArtifacts": {"S3ModelArtifacts": work.artifacts_uri},
        }
        if "TrainingEndTime" in self._times:
            spent = self._times["TrainingEndTime"] - self._times["TrainingStartTime"]
            seconds = max(1, round(spent.total_seconds()))
            described |= {"TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": seconds}
        return described

    def _run(self) -> None:
        try:
            self._live()
        finally:
            self.finished.set()

    def _live(self) -> None:
        try:
            self._work()
            self._end("Completed", "Completed", "Job completed")
        except OutOfTime as error:
            self._failure_reason = f"ClientError: MaxRuntimeExceeded: {error}"
            self._end("Stopped", "MaxRuntimeExceeded", str(error))
        except JobStopped as error:
            self._end("Stopped", "Stopped", str(error))
        except (JobFailed, HostExited) as error:
            self._fail(self._reason(error))
        except Exception as error:  # the job's edge: a fault of ours must end it, and be seen
            logger.exception("Job %s broke off", self.work.name)
            self._fail(f"InternalServerError: {type(error).__name__}: {error}")

    def _work(self) -> None:
        hosts = self._make_hosts()
        self._enter("Downloading", "Downloading input data")
        self.work.fetch(hosts)
        self._times[f"{self.work.kind.name}StartTime"] = datetime.now(UTC)
        self._enter("Training", "Container is running")
        self._execute(hosts)
        self._exit_message = self._message(hosts)
        self._enter("Uploading", "Uploading outputs")
        self.work.deliver(hosts)

    def _execute(self, hosts: list[Host]) -> None:
        limits = self._limits()
        limits.check()
        try:
            watch([self._launch(host) for host in hosts], limits)
        except JobStopped:
            self.work.deliver_stopped(hosts)
            raise

    def _make_hosts(self) -> list[Host]:
        names = [f"algo-{number}" for number in range(1, self.work.instance_count + 1)]
        hosts = [Host(name, index, self._folder / name / "ml") for index, name in enumerate(names)]
        for host in hosts:
            for folder in (host.folder, host.mount_point, host.current, host.scratch):
                folder.mkdir(parents=True)
            self.work.configure(host, names)
        return hosts

    def _launch(self, host: Host) -> RunningHost:
        prepared = launch(
            command=self.work.command(),
            environment=self.work.environment(host.scratch),
            folder=host.folder,
            mount_point=host.mount_point,
            network=self.work.has_network,
        )
        client = self.work.cloud.client("logs", role_arn=self.work.role_arn)
        name = f"{self.work.name}/{host.name}-{int(self.created.timestamp())}"
        stream = LogStream(client, group=self.work.kind.log_group, name=name)
        return RunningHost(host, prepared, stream.copy)

    def _limits(self) -> Limits:
        return Limits(
            instance_type=self.work.instance_type,
            memory_bytes=MEMORY_BYTES[self.work.instance_type],
            deadline=time.monotonic() + self.work.max_runtime_seconds,
            max_runtime_seconds=self.work.max_runtime_seconds,
            stop=self._stop,
        )

    def _message(self, hosts: list[Host]) -> str | None:
        messages = [message for host in hosts if (message := self.work.message(host))]
        return messages[0] if messages else None

    def _reason(self, error: JobFailed | HostExited) -> str:
        if isinstance(error, JobFailed):
            return str(error)
        self._exit_message = self.work.message(error.host) or None
        reason = f"AlgorithmError: {self._exit_message or _NO_MESSAGE}, exit code: {error.code}"
        if error.code != _KILLED:
            return reason
        gibibytes = MEMORY_BYTES[self.work.instance_type] / GIBIBYTE
        return (
            f"{reason}. The process was killed, most often for want of memory: "
            f"{self.work.instance_type} has {gibibytes:.0f} GiB."
        )

    def _fail(self, reason: str) -> None:
        self._failure_reason = reason[:1024]
        self._end("Failed", "Failed", reason)

    def _end(self, status: str, secondary: str, message: str) -> None:
        now = datetime.now(UTC)
        with self._lock:
            name = self.work.kind.name
            self._times.setdefault(f"{name}StartTime", now)
            self._times[f"{name}EndTime"] = now
            self._enter(secondary, message)
            self._secondary[-1]["EndTime"] = now
            self._move_to(status)
        if status == "Completed":
            shutil.rmtree(self._folder)

    def _enter(self, secondary: str, message: str) -> None:
        now = datetime.now(UTC)
        with self._lock:
            if self._secondary:
                self._secondary[-1]["EndTime"] = now
            entry = {"Status": secondary, "StartTime": now, "StatusMessage": message}
            self._secondary.append(entry)
            self._modified = now

    def _move_to(self, status: str) -> None:
        if status not in _NEXT[self.status]:
            raise AssertionError(f"A job cannot go from {self.status} to {status}.")
        self.status = status
        self._modified = datetime.now(UTC)
        self._on_change(self)
