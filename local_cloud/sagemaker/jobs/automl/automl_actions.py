"""The SageMaker API actions for AutoML jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.models import sagemaker_backends

from local_cloud.sagemaker.api.pagination import paged
from local_cloud.sagemaker.jobs.automl.automl_job import AutoMLTask
from local_cloud.sagemaker.jobs.job_kinds import AUTOML


class AutoMLActions:
    """A mixin for the responses of the SageMaker API."""

    # These methods and attributes are defined by moto's responses.
    current_account: str
    region: str
    params: Mapping[str, Any]

    def create_auto_ml_job(self) -> ActionResult:
        """Perform CreateAutoMLJob."""
        return ActionResult({"AutoMLJobArn": self._automl_store.create_automl(self.params).arn})

    def describe_auto_ml_job(self) -> ActionResult:
        """Perform DescribeAutoMLJob."""
        return ActionResult(self._automl_job().describe())

    def stop_auto_ml_job(self) -> ActionResult:
        """Perform StopAutoMLJob."""
        self._automl_job().stop()
        return EmptyResult()

    def list_auto_ml_jobs(self) -> ActionResult:
        """Perform ListAutoMLJobs."""
        found = self._automl_store.summaries(self._automl_store.automl, AUTOML, self.params)
        names = ("AutoMLJobSecondaryStatus", "EndTime")
        for entry in found:
            described = self._automl_store.automl[entry["AutoMLJobName"]].describe()
            entry |= {name: described[name] for name in names if name in described}
        return ActionResult(paged(found, self.params, result="AutoMLJobSummaries"))

    def list_candidates_for_auto_ml_job(self) -> ActionResult:
        """Perform ListCandidatesForAutoMLJob. By default, the best candidate is first."""
        task = self._automl_job().task
        assert isinstance(task, AutoMLTask)
        status, name = self.params.get("StatusEquals"), self.params.get("CandidateNameEquals")
        found = [
            each
            for each in task.candidates()
            if status in (None, each["CandidateStatus"]) and name in (None, each["CandidateName"])
        ]
        if self.params.get("SortBy") == "CreationTime":
            found.sort(key=lambda each: each["CreationTime"])
        if self.params.get("SortOrder") == "Descending":
            found.reverse()
        return ActionResult(paged(found, self.params, result="Candidates"))

    @property
    def _automl_store(self) -> Any:
        return sagemaker_backends[self.current_account][self.region].jobs

    def _automl_job(self) -> Any:
        return self._automl_store.find(
            self._automl_store.automl, AUTOML, self.params["AutoMLJobName"]
        )
