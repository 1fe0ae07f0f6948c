"""Status events that the service sends to EventBridge.

Source: "Events that Amazon SageMaker AI sends to Amazon EventBridge" in the developer guide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from local_cloud.context import Cloud
from local_cloud.events import publish
from local_cloud.sagemaker.jobs.job import Job
from local_cloud.sagemaker.pipelines.execution_record import Execution, StepRecord

if TYPE_CHECKING:
    from local_cloud.sagemaker.endpoints.endpoint import Endpoint

_SOURCE = "aws.sagemaker"
_PIPELINE = "SageMaker Model Building Pipeline Execution"


class StatusPublisher:
    """Sends status events to EventBridge, which delivers them asynchronously."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def execution_changed(self, execution: Execution) -> None:
        """Publish the status of an execution. As on AWS, the event has no pipelineName."""
        settings = execution.settings
        detail = {
            "pipelineExecutionDisplayName": execution.display_name,
            "pipelineExecutionDescription": execution.description,
            "currentPipelineExecutionStatus": execution.status,
            "previousPipelineExecutionStatus": execution.previous_status,
            "executionStartTime": _iso(execution.created),
            "executionEndTime": _iso(execution.ended),
            "pipelineArn": settings.pipeline_arn,
            "pipelineExecutionArn": settings.arn,
        }
        self._send(f"{_PIPELINE} Status Change", [settings.pipeline_arn, settings.arn], detail)

    def step_changed(self, execution: Execution, record: StepRecord) -> None:
        """Publish the status of a step."""
        settings = execution.settings
        detail = {
            "metadata": _lower_first(record.metadata),
            "stepStartTime": _iso(record.started),
            "stepEndTime": _iso(record.ended),
            "stepName": record.step.name,
            "stepType": record.step.type,
            "previousStepStatus": record.previous_status,
            "currentStepStatus": record.status,
            "failureReason": record.failure_reason,
            "pipelineArn": settings.pipeline_arn,
            "pipelineExecutionArn": settings.arn,
        }
        self._send(f"{_PIPELINE} Step Status Change", [settings.pipeline_arn, settings.arn], detail)

    def job_changed(self, job: Job) -> None:
        """Publish the state of a job."""
        detail_type = f"SageMaker {job.task.kind.event_title} Job State Change"
        self._send(detail_type, [job.arn], _milliseconds(job.describe()))

    def model_changed(self, description: Mapping[str, Any]) -> None:
        """Publish the model-created event."""
        arn = description["ModelArn"]
        self._send("SageMaker Model State Change", [arn], _milliseconds(description))

    def package_changed(self, description: Mapping[str, Any]) -> None:
        """Publish that a model package was created, approved or rejected."""
        arn = description["ModelPackageArn"]
        self._send("SageMaker Model Package State Change", [arn], _milliseconds(description))

    def endpoint_changed(self, endpoint: Endpoint) -> None:
        """Publish the status of an endpoint. Events write InService as IN_SERVICE."""
        described = endpoint.describe()
        status = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", described["EndpointStatus"]).upper()
        tags = {tag["Key"]: tag["Value"] for tag in endpoint.tags}
        detail = {**described, "EndpointStatus": status, "Tags": tags}
        self._send("SageMaker Endpoint State Change", [endpoint.arn], _milliseconds(detail))

    def _send(self, detail_type: str, resources: list[str], detail: Mapping[str, Any]) -> None:
        known = {name: value for name, value in detail.items() if value is not None}
        publish(
            self._cloud,
            source=_SOURCE,
            detail_type=detail_type,
            resources=resources,
            detail=known,
        )


def _iso(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _milliseconds(value: Any) -> Any:
    """Convert times to milliseconds since 1970, as in job events."""
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)
    if isinstance(value, Mapping):
        return {name: _milliseconds(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_milliseconds(entry) for entry in value]
    return value


def _lower_first(value: Any) -> Any:
    """Convert member names to lower camel case, as in the metadata of step events."""
    if isinstance(value, Mapping):
        return {name[0].lower() + name[1:]: _lower_first(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_lower_first(entry) for entry in value]
    return value
