"""Publishes status events, and records the lineage of what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.context import Cloud
from local_cloud.sagemaker.endpoints.endpoint import Endpoint
from local_cloud.sagemaker.jobs.job import Job
from local_cloud.sagemaker.lineage.lineage_recorder import LineageRecorder
from local_cloud.sagemaker.status_events import StatusPublisher


class LineagePublisher(StatusPublisher):
    """Records lineage before the event, so that its receiver can read the lineage."""

    def __init__(self, cloud: Cloud, recorder: LineageRecorder) -> None:
        super().__init__(cloud)
        self._recorder = recorder

    def job_changed(self, job: Job) -> None:
        """Record and publish the state of a job."""
        self._recorder.job(job)
        super().job_changed(job)

    def package_changed(self, description: Mapping[str, Any]) -> None:
        """Record and publish that a model package was created, approved or rejected."""
        self._recorder.package(description)
        super().package_changed(description)

    def endpoint_changed(self, endpoint: Endpoint) -> None:
        """Record the models in service, and publish the status of an endpoint."""
        if endpoint.status == "InService" and (live := endpoint.live):
            self._recorder.deployment(endpoint.arn, live.config, live.config_name)
        super().endpoint_changed(endpoint)
