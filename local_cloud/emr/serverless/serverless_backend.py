"""The back end of EMR Serverless: applications whose job runs really run. It replaces moto's."""

from __future__ import annotations

import logging
import threading
import types
from collections.abc import Mapping
from typing import Any, ClassVar

from moto.emrserverless.exceptions import ResourceNotFoundException, ValidationException
from moto.emrserverless.models import EMRServerlessBackend

from local_cloud.context import Cloud
from local_cloud.emr.serverless.application import RUN_ENDED, Application, JobRun, new_id
from local_cloud.emr.serverless.job_execution import JobExecution
from local_cloud.emr.serverless.request_checks import check_application, check_run
from local_cloud.emr.spark_command import ProgramRefused

logger = logging.getLogger(__name__)
_INTERRUPTED = "The laptop cloud ended while this ran. Start it again."


class ServerlessBackend(EMRServerlessBackend):  # type: ignore[misc]  # moto is untyped
    """Applications by id. Job runs end with the server; applications are saved."""

    cloud: ClassVar[Cloud]
    _threads: ClassVar[list[threading.Thread]] = []
    _running: ClassVar[dict[str, JobExecution]] = {}
    _lock: ClassVar = threading.RLock()

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.applications: dict[str, Application] = {}
        self.tokens: dict[str, JobRun] = {}

    @property
    def _url_module(self) -> types.ModuleType:
        from local_cloud.emr.serverless import urls

        return urls

    @classmethod
    def stop_all(cls) -> None:
        """Stop all job runs, and wait until their processes have ended."""
        with cls._lock:
            threads = [*cls._threads]
            cls._threads.clear()
            for each in cls._running.values():
                each.stop()
        for thread in threads:
            thread.join()

    def resume(self) -> None:
        """End the job runs of an earlier server."""
        for application in self.applications.values():
            for run in application.runs.values():
                run.enter("FAILED", _INTERRUPTED)

    def create(self, request: Mapping[str, Any]) -> Application:
        """Create an application."""
        check_application(request)
        name = new_id()
        made = Application(name, f"{self._arn}/{name}", request)
        with self._lock:
            self.applications[name] = made
        return made

    def application(self, identifier: str) -> Application:
        """Return the application with this id."""
        if identifier not in self.applications:
            raise ResourceNotFoundException(identifier)
        return self.applications[identifier]

    def delete(self, identifier: str) -> None:
        """Delete an application, which must have been stopped."""
        if self.application(identifier).state not in ("CREATED", "STOPPED"):
            raise ValidationException(
                f"Application {identifier} must be in one of the following statuses [CREATED, "
                "STOPPED]."
            )
        del self.applications[identifier]

    def stop(self, identifier: str) -> None:
        """Stop an application, which must have no job runs in progress."""
        application = self.application(identifier)
        if any(run.state not in RUN_ENDED for run in application.runs.values()):
            raise ValidationException(f"Application {identifier} has job runs in progress.")
        application.state = "STOPPED"

    def start(self, request: Mapping[str, Any]) -> JobRun:
        """Start a job run. A repeated token returns its run."""
        check_run(request)
        application = self.application(request["applicationId"])
        with self._lock:
            if request["clientToken"] in self.tokens:
                return self.tokens[request["clientToken"]]
            self._ready(application)
            name = new_id()
            arn = f"{application.arn}/jobruns/{name}"
            run = JobRun(name, arn, request, application.request["releaseLabel"])
            application.runs[name] = self.tokens[request["clientToken"]] = run
            thread = threading.Thread(
                target=self._run, args=[application, run], name=f"emr-serverless-{name}"
            )
            self._threads[:] = [each for each in self._threads if each.is_alive()] + [thread]
            thread.start()
        return run

    def run(self, application_id: str, run_id: str) -> JobRun:
        """Return a job run."""
        runs = self.application(application_id).runs
        if run_id not in runs:
            raise ResourceNotFoundException(run_id, "JobRun")
        return runs[run_id]

    def cancel(self, application_id: str, run_id: str) -> JobRun:
        """Cancel a job run."""
        run = self.run(application_id, run_id)
        with self._lock:
            if run.id in self._running:
                run.enter("CANCELLING")
                self._running[run.id].stop()
            else:
                run.enter("CANCELLED")
        return run

    @property
    def _arn(self) -> str:
        return f"arn:aws:emr-serverless:{self.region_name}:{self.account_id}:/applications"

    def _ready(self, application: Application) -> None:
        if application.state != "STARTED" and not application.starts_itself:
            raise ValidationException(
                f"Application {application.id} is not started and has no autoStartConfiguration."
            )
        application.state = "STARTED"

    def _run(self, application: Application, run: JobRun) -> None:
        try:
            execution = JobExecution(self.cloud, application, run)
            with self._lock:
                if run.state != "SUBMITTED":
                    return
                self._running[run.id] = execution
            execution.run()
        except ProgramRefused as error:
            run.enter("FAILED", str(error))
        except Exception as error:  # boundary of a thread: no caller waits for the result
            logger.exception("job run %s failed", run.id)
            run.enter("FAILED", f"{type(error).__name__}: {error}")
        finally:
            with self._lock:
                self._running.pop(run.id, None)
