"""moto's SageMaker back end, with pipelines and jobs that run."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from moto.sagemaker.models import SageMakerModelBackend, sagemaker_backends

from local_cloud.context import Cloud
from local_cloud.sagemaker.endpoints import scalable_targets
from local_cloud.sagemaker.endpoints.endpoint_store import EndpointStore
from local_cloud.sagemaker.features import feature_store_runtime
from local_cloud.sagemaker.features.feature_group_store import FeatureGroupStore
from local_cloud.sagemaker.hosting import FOLDER as HOSTING_FOLDER
from local_cloud.sagemaker.jobs.job_store import FOLDER, JobStore
from local_cloud.sagemaker.lineage.lineage_publisher import LineagePublisher
from local_cloud.sagemaker.lineage.lineage_recorder import LineageRecorder
from local_cloud.sagemaker.lineage.lineage_store import LineageStore
from local_cloud.sagemaker.pipelines.execution_service import ExecutionService
from local_cloud.sagemaker.pipelines.pipeline_store import PipelineStore
from local_cloud.sagemaker.registry.model_registry import ModelRegistry
from local_cloud.sagemaker.registry.package_groups import PackageGroups
from local_cloud.sagemaker.studio.studio_store import StudioStore


class SageMakerBackend(ModelRegistry, PackageGroups, SageMakerModelBackend):  # type: ignore[misc]  # moto is untyped here
    """The resources of one account and region: moto's, and the jobs and executions of this package.

    `install` sets `cloud` before the first back end is created.
    """

    cloud: ClassVar[Cloud]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._deleted = set()
        self._registered = {}
        self.lineage = LineageStore(account_id, region_name)
        recorder = LineageRecorder(self.lineage, self.containers_of_model)
        self.publisher = LineagePublisher(self.cloud, recorder)
        self.jobs = JobStore(self.cloud, self.publisher, account_id, region_name)
        self.executions = ExecutionService(self.cloud, self.publisher, self.jobs.wait)
        self.pipeline_store = PipelineStore(
            self.cloud, self.executions, self.pipelines, account_id, region_name
        )
        self.hosting = EndpointStore(self.cloud, self.publisher, account_id, region_name)
        self.features = FeatureGroupStore(self.cloud, region_name)
        self.studio = StudioStore(region_name)
        # moto searches these attributes for tagged resources.
        self.endpoints = self.hosting.endpoints
        self.endpoint_configs = self.hosting.configs.by_name
        self.processing_jobs = self.jobs.processing
        self.training_jobs = self.jobs.training
        self.transform_jobs = self.jobs.transform
        self.hyper_parameter_tuning_jobs = self.jobs.tuning
        self.auto_ml_jobs = self.jobs.automl

    @property
    def _url_module(self) -> ModuleType:
        from local_cloud.sagemaker.api import urls  # urls imports this module

        return urls

    def _get_resource_from_arn(self, arn: str) -> Any:
        """Return the resource with an ARN, for its tags. moto does not know those of groups."""
        if ":feature-group/" in arn:
            return self.features.find(arn)
        return super()._get_resource_from_arn(arn)

    def tags_of(self, arn: str) -> list[dict[str, str]]:
        """Return the tags of a job or model; empty if it does not exist."""
        found = self._get_resource_from_arn(arn)
        return [] if found is None else list(found.tags or [])

    def resume(self) -> list[str]:
        """End the interrupted executions and jobs, and start the endpoints again.

        Returns the interrupted work, one line each.
        """
        self.features.start()
        return [*self.jobs.resume(), *self.executions.resume(), *self.hosting.resume()]

    def close(self) -> None:
        """Stop executions and jobs, and end the hosted models."""
        self.executions.close()
        self.jobs.close()
        self.hosting.close()
        self.features.close()


def replace_moto(cloud: Cloud) -> None:
    """Replace moto's SageMaker back ends by `SageMakerBackend`, with an empty folder for jobs."""
    for folder in (FOLDER, HOSTING_FOLDER):
        shutil.rmtree(Path(cloud.state) / folder, ignore_errors=True)
    SageMakerBackend.cloud = cloud
    sagemaker_backends.clear()
    sagemaker_backends.backend = SageMakerBackend
    scalable_targets.install()
    feature_store_runtime.install()


def resume_all() -> list[str]:
    """Continue after a restart in every account and region. Return the interrupted work."""
    backends = [backend for _, _, backend in sagemaker_backends.iter_backends()]
    return [line for backend in backends for line in backend.resume()]


def flush_all() -> None:
    """Write the captured requests and metrics of all endpoints, and the rows of feature groups."""
    for _account, _region, backend in list(sagemaker_backends.iter_backends()):
        backend.hosting.flush()
        backend.features.offline.flush()


def close_all() -> None:
    """Stop the executions and jobs of every account and region."""
    for _account, _region, backend in list(sagemaker_backends.iter_backends()):
        backend.close()
