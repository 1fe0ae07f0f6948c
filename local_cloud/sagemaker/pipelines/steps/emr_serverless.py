"""EMR Serverless steps: each runs a job on an application, which the step may create.

Source: EMRServerlessStep of the SageMaker SDK,
https://github.com/aws/sagemaker-python-sdk/blob/master/sagemaker-mlops/src/sagemaker/mlops/workflow/emr_serverless_step.py
No page says that the service deletes the application that it created: it stops when it is idle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.sagemaker.pipelines.emr_waiting import wait_until
from local_cloud.sagemaker.pipelines.step_context import (
    StepContext,
    StepFailed,
    StepResult,
    StepStopped,
)
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor

_ENDED = ("SUCCESS", "FAILED", "CANCELLED")


def _run(context: StepContext) -> StepResult:
    client, reader = context.client("emr-serverless"), context.reader("emr-serverless")
    application = context.arguments.get("ApplicationId") or _created(context, client)
    request = {
        "name": context.name,
        **context.arguments["JobConfig"],
        "applicationId": application,
        "executionRoleArn": context.arguments["ExecutionRoleArn"],
        "clientToken": context.name,
    }
    run = {
        "applicationId": application,
        "jobRunId": client.start_job_run(**request)["jobRunId"],
    }
    _report(context, application, run["jobRunId"], request)
    context.stop_signal.on_request(lambda: reader.cancel_job_run(**run))
    found = wait_until(
        lambda: reader.get_job_run(**run)["jobRun"], lambda described: described["state"], _ENDED
    )
    if found["state"] == "SUCCESS":
        return StepResult({"jobRun": found})
    if context.stop_signal.requested.is_set():
        raise StepStopped
    raise StepFailed(
        f"ClientError: The job run {run['jobRunId']} of {application} is {found['state']}: "
        f"{found['stateDetails']}"
    )


def _report(context: StepContext, application: str, run: str, request: Mapping[str, Any]) -> None:
    overrides = request.get("configurationOverrides") or {}
    monitoring = overrides.get("monitoringConfiguration") or {}
    base = (monitoring.get("s3MonitoringConfiguration") or {}).get("logUri")
    folder = f"applications/{application}/jobs/{run}/SPARK_DRIVER/"
    logs = {"LogFilePath": f"{base.rstrip('/')}/{folder}"} if base else {}
    shown = {"ApplicationId": application, "JobRunId": run, "JobRunName": request["name"]}
    context.report({"EMRServerless": {**shown, **logs}})


def _created(context: StepContext, client: Any) -> str:
    """Create the application of the step, and wait until it can be used."""
    token = {"clientToken": context.name}
    made = client.create_application(**context.arguments["ApplicationConfig"], **token)
    identifier: str = made["applicationId"]
    reader = context.reader("emr-serverless")
    wait_until(
        lambda: reader.get_application(applicationId=identifier)["application"],
        lambda described: described["state"],
        ("CREATED", "STARTED"),
    )
    return identifier


EXECUTOR = StepExecutor(
    type="EMRServerless", run=_run, cache_key_attributes=("ApplicationId", "JobConfig")
)
