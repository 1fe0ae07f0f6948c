"""Runs a job run of EMR Serverless.

https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/jobs-spark.html
https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/logging.html
"""

from __future__ import annotations

import shlex
import threading
from collections.abc import Mapping
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.context import Cloud
from local_cloud.emr.job_session import job_session
from local_cloud.emr.serverless.application import Application, JobRun
from local_cloud.emr.serverless.request_checks import properties
from local_cloud.emr.spark_command import ProgramRefused, spark_submit_arguments
from local_cloud.emr.spark_run import SparkRun
from local_cloud.emr.step_output import StepOutput
from local_cloud.sagemaker.exceptions import JobFailed
from local_cloud.sagemaker.jobs import spark_image
from local_cloud.sagemaker.jobs.log_stream import LogStream

_SERVICE = "emr-serverless.amazonaws.com"
_LOG_GROUP = "/aws/emr-serverless"
_DEFAULT_MINUTES = 720


class JobExecution:
    """The execution of a job run, which another thread can stop."""

    def __init__(self, cloud: Cloud, application: Application, run: JobRun) -> None:
        self._application, self._job = application, run
        folder = cloud.state / "emr" / application.id / run.id
        self._output = StepOutput(folder / "stdout")
        role: str = run.request["executionRoleArn"]
        self._session = job_session(cloud, role, service=_SERVICE, source_arn=application.arn)
        self._spark = SparkRun(self._session, folder / "run", self._copy)
        self._timed_out = False

    def run(self) -> None:
        """Run the job to its end, and store its output."""
        self._job.enter("RUNNING")
        minutes = self._job.request.get("executionTimeoutMinutes") or _DEFAULT_MINUTES
        timer = threading.Timer(int(minutes) * 60, self._time_out)
        timer.start()
        try:
            code = self._exit_code()
            details = f"exit code {code}: {self._output.message()}"
        except (ProgramRefused, JobFailed, ClientError, BotoCoreError) as error:
            code, details = 1, str(error)
            self._output.tell(details)
        finally:
            timer.cancel()
        self._store()
        if self._spark.stopped.is_set():
            self._job.enter("CANCELLED", "The job run timed out." if self._timed_out else "")
        elif code:
            self._job.enter("FAILED", f"Job failed, please check complete logs. {details}")
        else:
            self._job.enter("SUCCESS")

    def stop(self) -> None:
        """Kill the processes of the job."""
        self._spark.stopped.set()

    def _time_out(self) -> None:
        self._timed_out = True
        self.stop()

    def _exit_code(self) -> int:
        job = self._job.request["jobDriver"]["sparkSubmit"]
        options = shlex.split(job.get("sparkSubmitParameters") or "")
        given = [*options, job["entryPoint"], *(job.get("entryPointArguments") or [])]
        passed = spark_submit_arguments(given)
        spark_image.install(self._output.tell)
        overrides = self._job.request.get("configurationOverrides") or {}
        return self._spark.submit(
            passed,
            {
                **properties(self._application.request.get("runtimeConfiguration") or []),
                **properties(overrides.get("applicationConfiguration") or []),
            },
        )

    @property
    def _monitoring(self) -> Mapping[str, Any]:
        """The settings of the application, which those of the job replace."""
        overrides = self._job.request.get("configurationOverrides") or {}
        return {
            **(self._application.request.get("monitoringConfiguration") or {}),
            **(overrides.get("monitoringConfiguration") or {}),
        }

    @property
    def _path(self) -> str:
        return f"applications/{self._application.id}/jobs/{self._job.id}/SPARK_DRIVER/stdout"

    def _copy(self, pipe: IO[bytes]) -> None:
        """Copy the output to the file and, if the job wants it, to CloudWatch Logs."""
        logs = self._monitoring.get("cloudWatchLoggingConfiguration") or {}
        if not logs.get("enabled"):
            self._output.copy(pipe)
            return
        prefix = logs.get("logStreamNamePrefix")
        stream = LogStream(
            self._session.client("logs"),
            group=logs.get("logGroupName") or _LOG_GROUP,
            name=f"{prefix}/{self._path}" if prefix else self._path,
            observe=self._output.add,
        )
        stream.copy(pipe)

    def _store(self) -> None:
        uri = (self._monitoring.get("s3MonitoringConfiguration") or {}).get("logUri")
        if uri:
            self._output.store(self._session, f"{uri.rstrip('/')}/{self._path}.gz")
