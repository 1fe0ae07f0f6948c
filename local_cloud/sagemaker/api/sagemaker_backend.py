"""moto's SageMaker back end, extended by pipelines and jobs that run."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from moto.sagemaker.models import FakePipeline, SageMakerModelBackend, sagemaker_backends

from local_cloud.context import Cloud
from local_cloud.sagemaker.endpoints import scalable_targets
from local_cloud.sagemaker.endpoints.endpoint_store import EndpointStore
from local_cloud.sagemaker.exceptions import ResourceNotFound, ValidationFailed
from local_cloud.sagemaker.hosting import FOLDER as HOSTING_FOLDER
from local_cloud.sagemaker.jobs.job_store import FOLDER, JobStore
from local_cloud.sagemaker.pipelines.execution_service import ExecutionService, plan_of
from local_cloud.sagemaker.registry.model_registry import ModelRegistry
from local_cloud.sagemaker.registry.package_groups import PackageGroups
from local_cloud.sagemaker.status_events import StatusPublisher


class SageMakerBackend(ModelRegistry, PackageGroups, SageMakerModelBackend):  # type: ignore[misc]  # moto is untyped here
    """One account and region: moto's resources, and the jobs and executions of this package.

    `install` sets `cloud` and `publisher` before the first back end is created.
    """

    cloud: ClassVar[Cloud]
    publisher: ClassVar[StatusPublisher]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._deleted = set()
        self._registered = {}
        self.jobs = JobStore(self.cloud, self.publisher, account_id, region_name)
        self.executions = ExecutionService(self.cloud, self.publisher, self.jobs.wait)
        self.hosting = EndpointStore(self.cloud, self.publisher, account_id, region_name)
        # moto searches these for tagged resources.
        self.endpoints = self.hosting.endpoints
        self.endpoint_configs = self.hosting.configs.by_name
        self.processing_jobs = self.jobs.processing
        self.training_jobs = self.jobs.training
        self.transform_jobs = self.jobs.transform

    @property
    def _url_module(self) -> ModuleType:
        from local_cloud.sagemaker.api import urls  # urls imports this module

        return urls

    def create_pipeline(self, **request: Any) -> FakePipeline:
        """CreatePipeline, after the definition is checked; raises `ValidationFailed`."""
        body = self._definition(request)
        plan_of(body)
        request |= {"pipeline_definition": body, "pipeline_definition_s3_location": None}
        return super().create_pipeline(**request)

    def update_pipeline(self, pipeline_name: str, **request: Any) -> str:
        """UpdatePipeline, after a new definition is checked; only given members change."""
        if request.get("pipeline_definition") or request.get("pipeline_definition_s3_location"):
            body = self._definition(request)
            plan_of(body)
            request |= {"pipeline_definition": body, "pipeline_definition_s3_location": None}
        arn: str = super().update_pipeline(pipeline_name, **request)
        return arn

    def delete_pipeline(self, pipeline_name: str) -> str:
        """DeletePipeline; refused while an execution runs."""
        pipeline = self.find_pipeline(pipeline_name)
        if self.executions.is_running(pipeline.arn):
            raise ValidationFailed(
                f"The pipeline {pipeline_name} has running executions: stop them with "
                "StopPipelineExecution before you delete it."
            )
        self.executions.forget(pipeline.arn)
        arn: str = super().delete_pipeline(pipeline.pipeline_name)
        return arn

    def find_pipeline(self, name_or_arn: str) -> FakePipeline:
        """Return a pipeline by name or ARN; raises `ResourceNotFound`."""
        name = name_or_arn.rpartition("/")[2]
        if name not in self.pipelines:
            raise ResourceNotFound(f"Pipeline '{name_or_arn}' does not exist.")
        return self.pipelines[name]

    def close(self) -> None:
        """Stop executions and jobs, and end the hosted models."""
        self.executions.close()
        self.jobs.close()
        self.hosting.close()

    def _definition(self, request: Mapping[str, Any]) -> str:
        body, location = (
            request.get("pipeline_definition"),
            request.get("pipeline_definition_s3_location"),
        )
        if bool(body) == bool(location):
            raise ValidationFailed(
                "Give exactly one of PipelineDefinition and PipelineDefinitionS3Location."
            )
        return str(body) if body else self._read(location or {})

    def _read(self, location: Mapping[str, str]) -> str:
        client = self.cloud.client("s3")
        answer = client.get_object(Bucket=location["Bucket"], Key=location["ObjectKey"])
        text: str = answer["Body"].read().decode()
        return text


def replace_moto(cloud: Cloud) -> None:
    """Replace moto's SageMaker back ends by `SageMakerBackend`, with an empty folder for jobs."""
    for folder in (FOLDER, HOSTING_FOLDER):
        shutil.rmtree(Path(cloud.state) / folder, ignore_errors=True)
    SageMakerBackend.cloud = cloud
    SageMakerBackend.publisher = StatusPublisher(cloud)
    sagemaker_backends.clear()
    sagemaker_backends.backend = SageMakerBackend
    scalable_targets.install()


def close_all() -> None:
    """Stop the executions and jobs of every account and region."""
    for _account, _region, backend in list(sagemaker_backends.iter_backends()):
        backend.close()
