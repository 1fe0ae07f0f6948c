"""The SageMaker API actions for pipelines and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.sagemaker.models import sagemaker_backends

from local_cloud.sagemaker.api.pagination import paged
from local_cloud.sagemaker.pipelines.pipeline_store import PipelineStore


class PipelineActions:
    """A mixin for the responses of the SageMaker API."""

    # These methods and attributes are defined by moto's responses.
    current_account: str
    region: str
    params: Mapping[str, Any]

    @property
    def _pipelines(self) -> PipelineStore:
        backend = sagemaker_backends[self.current_account][self.region]
        store: PipelineStore = backend.pipeline_store
        return store

    def create_pipeline(self) -> ActionResult:
        """Perform CreatePipeline."""
        return ActionResult({"PipelineArn": self._pipelines.create(self.params).arn})

    def update_pipeline(self) -> ActionResult:
        """Perform UpdatePipeline."""
        pipeline = self._pipelines.update(self.params)
        return ActionResult({"PipelineArn": pipeline.arn, "PipelineVersionId": pipeline.latest.id})

    def delete_pipeline(self) -> ActionResult:
        """Perform DeletePipeline."""
        return ActionResult(
            {"PipelineArn": self._pipelines.delete(self.params["PipelineName"]).arn}
        )

    def describe_pipeline(self) -> ActionResult:
        """Perform DescribePipeline with a name or an ARN, and optionally a version."""
        pipeline = self._pipelines.find(self.params["PipelineName"])
        return ActionResult(pipeline.describe(pipeline.version(self.params)))

    def list_pipeline_versions(self) -> ActionResult:
        """Perform ListPipelineVersions."""
        found = self._pipelines.versions(self.params)
        return ActionResult(paged(found, self.params, result="PipelineVersionSummaries"))

    def update_pipeline_version(self) -> ActionResult:
        """Perform UpdatePipelineVersion."""
        pipeline, version = self._pipelines.update_version(self.params)
        return ActionResult({"PipelineArn": pipeline.arn, "PipelineVersionId": version.id})
