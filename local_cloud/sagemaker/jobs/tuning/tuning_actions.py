"""The SageMaker API actions for hyperparameter tuning jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.models import sagemaker_backends

from local_cloud.sagemaker.api.pagination import ordered, paged
from local_cloud.sagemaker.jobs.job_kinds import TUNING
from local_cloud.sagemaker.jobs.tuning.tuning_job import TuningTask

_OBJECTIVE = "FinalHyperParameterTuningJobObjectiveMetric"


class TuningActions:
    """A mixin for the responses of the SageMaker API."""

    # These methods and attributes are defined by moto's responses.
    current_account: str
    region: str
    params: Mapping[str, Any]

    @property
    def _jobs(self) -> Any:
        return sagemaker_backends[self.current_account][self.region].jobs

    def create_hyper_parameter_tuning_job(self) -> ActionResult:
        """Perform CreateHyperParameterTuningJob."""
        job = self._jobs.create_tuning(self.params)
        return ActionResult({"HyperParameterTuningJobArn": job.arn})

    def describe_hyper_parameter_tuning_job(self) -> ActionResult:
        """Perform DescribeHyperParameterTuningJob."""
        return ActionResult(self._tuning_job().describe())

    def stop_hyper_parameter_tuning_job(self) -> ActionResult:
        """Perform StopHyperParameterTuningJob."""
        self._tuning_job().stop()
        return EmptyResult()

    def list_hyper_parameter_tuning_jobs(self) -> ActionResult:
        """Perform ListHyperParameterTuningJobs."""
        found = self._jobs.summaries(self._jobs.tuning, TUNING, self.params)
        for entry in found:
            config = self._tuning(entry["HyperParameterTuningJobName"]).describe()[
                "HyperParameterTuningJobConfig"
            ]
            entry |= {name: config[name] for name in ("Strategy", "ResourceLimits")}
        result = "HyperParameterTuningJobSummaries"
        return ActionResult(paged(found, self.params, result=result))

    def list_training_jobs_for_hyper_parameter_tuning_job(self) -> ActionResult:
        """Perform ListTrainingJobsForHyperParameterTuningJob.

        With SortBy FinalObjectiveMetricValue, "any training jobs that did not return an objective
        metric are not listed" (API reference). By default, the order is by name.
        """
        task = self._tuning_job().task
        assert isinstance(task, TuningTask)
        shown = [trial.summary() for trial in list(task.trials)]
        status = self.params.get("StatusEquals")
        wanted = [entry for entry in shown if status in (None, entry["TrainingJobStatus"])]
        if self.params.get("SortBy") == "FinalObjectiveMetricValue":
            found = [entry for entry in wanted if _OBJECTIVE in entry]
            is_descending = self.params.get("SortOrder") == "Descending"
            found.sort(key=lambda entry: entry[_OBJECTIVE]["Value"], reverse=is_descending)
        else:
            request = {"SortBy": "Name", "SortOrder": "Ascending", **self.params}
            by = {"Name": "TrainingJobName", "Status": "TrainingJobStatus"}
            found = ordered(wanted, request, by=by)
        return ActionResult(paged(found, self.params, result="TrainingJobSummaries"))

    def _tuning_job(self) -> Any:
        return self._tuning(self.params["HyperParameterTuningJobName"])

    def _tuning(self, name: str) -> Any:
        return self._jobs.find(self._jobs.tuning, TUNING, name)
