"""The life cycle that all jobs share, from the request to the final status."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from local_cloud.sagemaker.exceptions import INTERRUPTED, JobFailed, JobStopped
from local_cloud.sagemaker.jobs.job_history import JobHistory
from local_cloud.sagemaker.jobs.job_hosts import OutOfTime
from local_cloud.sagemaker.jobs.job_task import JobTask

logger = logging.getLogger(__name__)

_REASON_CHARACTERS = 1024


class Job(ABC):
    """A job of any kind.

    `on_change(job)` is called after each change of status; `finished` is set at the end.
    """

    def __init__(self, task: JobTask, *, on_change: Callable[[Job], None]) -> None:
        self.task = task
        self.arn = task.arn
        self.tags = list(task.request.get("Tags") or [])
        self.finished = threading.Event()
        self._history = JobHistory(task.kind.name)
        self._on_change = on_change
        self._stop = threading.Event()

    def start(self) -> None:
        """Start the work in a new thread."""
        self._history.enter("Starting", "Starting the job")
        threading.Thread(target=self._run, name=f"job-{self.task.name}").start()

    def stop(self) -> None:
        """Request a stop. No-op if the job has ended."""
        with self._history.lock:
            if self._history.status != "InProgress":
                return
            self._history.move_to("Stopping")
        self._stop.set()
        self._on_change(self)

    def interrupt(self) -> bool:
        """Fail the job if an earlier server ran it. Return whether it was running."""
        is_running = self._history.status in ("InProgress", "Stopping")
        if is_running:
            self._fail(f"InternalServerError: {INTERRUPTED}")
        self.finished.set()
        return is_running

    @abstractmethod
    def _run_task(self) -> None:
        """Perform the work of the job. Raises `JobFailed` with the reason, or `JobStopped`."""

    def describe(self) -> dict[str, Any]:
        """Return the members that all Describe…Job responses share."""
        request = {name: value for name, value in self.task.request.items() if name != "Tags"}
        arn = {f"{self.task.kind.name}JobArn": self.arn}
        return request | arn | self._history.describe() | self.task.results()

    def _run(self) -> None:
        self._on_change(self)
        try:
            self._run_to_status()
        finally:
            self.finished.set()

    def _run_to_status(self) -> None:
        try:
            self._run_task()
            self._end("Completed", "Completed", "Job completed")
        except OutOfTime as error:
            self._history.failure_reason = f"ClientError: {error.phase}: {error}"
            self._end("Stopped", error.phase, str(error))
        except JobStopped as error:
            self._end("Stopped", "Stopped", str(error))
        except JobFailed as error:
            self._fail(str(error))
        except Exception as error:  # boundary of a thread: end the job and log
            logger.exception("Job %s failed unexpectedly", self.task.name)
            self._fail(f"InternalServerError: {type(error).__name__}: {error}")

    def _fail(self, reason: str) -> None:
        self._history.failure_reason = reason[:_REASON_CHARACTERS]
        self._end("Failed", "Failed", reason)

    def _end(self, status: str, phase: str, message: str) -> None:
        self._history.end(status, phase, message)
        self._on_change(self)
