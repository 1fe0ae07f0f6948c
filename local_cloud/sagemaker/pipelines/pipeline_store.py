"""Creates, updates, finds and deletes the pipelines of one account and region."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from local_cloud.context import Cloud
from local_cloud.moto_lock import MOTO
from local_cloud.sagemaker.api.pagination import in_window, ordered
from local_cloud.sagemaker.api.request_shapes import check_request
from local_cloud.sagemaker.exceptions import ResourceNotFound, ValidationFailed
from local_cloud.sagemaker.pipelines.execution_service import ExecutionService, plan_of
from local_cloud.sagemaker.pipelines.pipeline_versions import Pipeline, PipelineVersion

Request = Mapping[str, Any]


class PipelineStore:
    """Pipelines by name. moto searches the dictionary `pipelines` for tagged resources."""

    def __init__(
        self,
        cloud: Cloud,
        executions: ExecutionService,
        pipelines: dict[str, Pipeline],
        account_id: str,
        region_name: str,
    ) -> None:
        self._cloud = cloud
        self._executions = executions
        self._pipelines = pipelines
        self._account_id = account_id
        self._region_name = region_name
        self._lock = threading.Lock()

    def create(self, request: Request) -> Pipeline:
        """Perform CreatePipeline. The same ClientRequestToken returns the same pipeline.

        Raises `ValidationFailed` if the request or the definition is invalid or not supported.
        """
        check_request("CreatePipelineRequest", request)
        name = request["PipelineName"]
        with self._lock:
            existing = self._pipelines.get(name)
            if existing and existing.client_request_token == request["ClientRequestToken"]:
                return existing
            if existing:
                raise ValidationFailed(
                    "Pipeline names must be unique within an AWS account and region. Pipeline "
                    f"with name ({name}) already exists."
                )
            definition = self._definition(request)
            plan_of(definition)
            pipeline = Pipeline(request, definition, self._account_id, self._region_name)
            with MOTO.held():
                self._pipelines[name] = pipeline
        return pipeline

    def update(self, request: Request) -> Pipeline:
        """Perform UpdatePipeline, with the same checks as CreatePipeline."""
        check_request("UpdatePipelineRequest", request)
        pipeline = self.find(request["PipelineName"])
        definition = None
        if request.get("PipelineDefinition") or request.get("PipelineDefinitionS3Location"):
            definition = self._definition(request)
            plan_of(definition)
        with self._lock:
            pipeline.update(request, definition)
        return pipeline

    def update_version(self, request: Request) -> tuple[Pipeline, PipelineVersion]:
        """Perform UpdatePipelineVersion."""
        check_request("UpdatePipelineVersionRequest", request)
        pipeline = self.find(request["PipelineArn"])
        with self._lock:
            return pipeline, pipeline.update_version(request)

    def delete(self, name: str) -> Pipeline:
        """Perform DeletePipeline. Raises `ValidationFailed` while an execution runs."""
        pipeline = self.find(name)
        if self._executions.is_running(pipeline.arn):
            raise ValidationFailed(
                f"The pipeline {name} has running executions: stop them with "
                "StopPipelineExecution before you delete it."
            )
        self._executions.forget(pipeline.arn)
        with MOTO.held():
            del self._pipelines[pipeline.pipeline_name]
        return pipeline

    def find(self, name_or_arn: str) -> Pipeline:
        """Return a pipeline by name or ARN. Raises `ResourceNotFound`."""
        name = name_or_arn.rpartition("/")[2]
        if name not in self._pipelines:
            raise ResourceNotFound(f"Pipeline '{name_or_arn}' does not exist.")
        return self._pipelines[name]

    def versions(self, request: Request) -> list[dict[str, Any]]:
        """Perform ListPipelineVersions, before pagination."""
        pipeline = self.find(request["PipelineName"])
        window = ("CreatedAfter", "CreatedBefore")
        shown = [version.summary(pipeline.arn) for version in pipeline.versions]
        wanted = [entry for entry in shown if in_window(entry, request, "CreationTime", window)]
        return ordered(wanted, request, by={}, time="PipelineVersionId")

    def _definition(self, request: Request) -> str:
        body = request.get("PipelineDefinition")
        location = request.get("PipelineDefinitionS3Location")
        if bool(body) == bool(location):
            raise ValidationFailed(
                "Specify exactly one of PipelineDefinition and PipelineDefinitionS3Location."
            )
        return str(body) if body else self._read(location or {})

    def _read(self, location: Mapping[str, str]) -> str:
        version = {"VersionId": location["VersionId"]} if location.get("VersionId") else {}
        answer = self._cloud.client("s3").get_object(
            Bucket=location["Bucket"], Key=location["ObjectKey"], **version
        )
        text: str = answer["Body"].read().decode()
        return text
