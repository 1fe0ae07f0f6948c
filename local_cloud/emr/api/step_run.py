"""Runs a step of a cluster.

https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-commandrunner.html
"""

from __future__ import annotations

from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.context import Cloud
from local_cloud.emr.api.cluster import Cluster, Step
from local_cloud.emr.api.request_checks import properties
from local_cloud.emr.job_session import job_session
from local_cloud.emr.spark_command import ProgramRefused, spark_submit_arguments
from local_cloud.emr.spark_run import SparkRun
from local_cloud.emr.step_output import StepOutput
from local_cloud.sagemaker.exceptions import JobFailed
from local_cloud.sagemaker.jobs import spark_image

COMMAND_RUNNER = "command-runner.jar"
_INSTANCES = "ec2.amazonaws.com"


class StepRun:
    """The run of a step, which another thread can stop."""

    def __init__(self, cloud: Cloud, cluster: Cluster, step: Step) -> None:
        self._cluster, self._step = cluster, step
        self._output = StepOutput(cloud.state / "emr" / cluster.id / step.id / "stdout")
        folder = cloud.state / "emr" / cluster.id / step.id / "run"
        role = step.role or cluster.job_role
        self._session = job_session(cloud, role, service=_INSTANCES, source_arn=cluster.arn)
        self._run = SparkRun(self._session, folder, self._output.copy)

    def run(self) -> None:
        """Run the step to its end, and store its output in LogUri."""
        self._step.enter("RUNNING")
        try:
            code = self._exit_code()
            message = f"exit code {code}: {self._output.message()}"
        except (ProgramRefused, JobFailed, ClientError, BotoCoreError) as error:
            code, message = 1, str(error)
            self._output.tell(message)
        log = self._stored()
        if self._run.stopped.is_set():
            self._step.enter("CANCELLED")
        elif code:
            self._step.failure = {"Reason": "Unknown Error.", "Message": message, "LogFile": log}
            self._step.enter("FAILED")
        else:
            self._step.enter("COMPLETED")

    def stop(self) -> None:
        """Kill the processes of the step."""
        self._run.stopped.set()

    def _exit_code(self) -> int:
        jar = self._step.config["HadoopJarStep"]
        given = {each["Key"]: each["Value"] for each in jar.get("Properties") or []}
        arguments = [str(each) for each in jar.get("Args") or []]
        if jar["Jar"] == COMMAND_RUNNER:
            return self._command(arguments, given)
        if not jar["Jar"].startswith("s3://"):
            raise ProgramRefused(
                f"the JAR {jar['Jar']!r} is not supported by the laptop cloud: it runs "
                f"{COMMAND_RUNNER} with spark-submit, and JAR files with paths s3://…"
            )
        spark_image.install(self._output.tell)
        main_class = [jar["MainClass"]] if jar.get("MainClass") else []
        return self._run.run_jar(jar["Jar"], [*main_class, *arguments], given)

    def _command(self, arguments: list[str], given: Mapping[str, str]) -> int:
        if arguments[:1] != ["spark-submit"]:
            raise ProgramRefused(
                f"the command {arguments[:1]} of {COMMAND_RUNNER} is not supported by the laptop "
                "cloud: it runs spark-submit"
            )
        if given:
            raise ProgramRefused(f"Properties with {COMMAND_RUNNER} have no effect: remove them")
        if not self._cluster.has_spark:
            raise ProgramRefused(
                "spark-submit: command not found. Spark is not in the Applications of the cluster"
            )
        passed = spark_submit_arguments(arguments[1:])
        spark_image.install(self._output.tell)
        return self._run.submit(passed, properties(self._cluster.request))

    def _stored(self) -> str:
        """Store the output in LogUri of the cluster, as its instances do; return where it is."""
        base = str(self._cluster.request.get("LogUri") or "").rstrip("/")
        if not base:
            return str(self._output.path)
        uri = f"{base}/{self._cluster.id}/steps/{self._step.id}/stdout.gz"
        self._output.store(self._session, uri)
        return uri
