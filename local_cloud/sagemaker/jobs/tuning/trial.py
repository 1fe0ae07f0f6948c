"""One training job of a tuning job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local_cloud.sagemaker.jobs.job import Job
from local_cloud.sagemaker.jobs.training_task import TrainingTask
from local_cloud.sagemaker.jobs.tuning.tuning_settings import TuningSettings

if TYPE_CHECKING:
    from local_cloud.sagemaker.jobs.tuning.search import Proposal

_ENDED = frozenset({"Completed", "Failed", "Stopped"})
_SUMMARY = (
    "TrainingJobName",
    "TrainingJobArn",
    "CreationTime",
    "TrainingStartTime",
    "TrainingEndTime",
    "TrainingJobStatus",
    "FailureReason",
)


@dataclass(frozen=True)
class Trial:
    """A training job, and the proposal that it measures."""

    job: Job
    proposal: Proposal
    settings: TuningSettings

    @property
    def status(self) -> str:
        """The TrainingJobStatus."""
        status: str = self.job.describe()["TrainingJobStatus"]
        return status

    @property
    def values(self) -> list[float]:
        """All values of the objective in the log, in order."""
        task = self.job.task
        assert isinstance(task, TrainingTask)
        return task.metrics.values(self.settings.metric)

    @property
    def objective(self) -> float | None:
        """The last value of the objective; None before the job has ended or without a value."""
        values = self.values
        return values[-1] if values and self.status in ("Completed", "Stopped") else None

    @property
    def objective_status(self) -> str:
        """The ObjectiveStatus: "Succeeded", "Pending" or "Failed"."""
        if self.status not in _ENDED:
            return "Pending"
        return "Failed" if self.objective is None else "Succeeded"

    def stop_if_hopeless(self) -> None:
        """Stop the job if the search expects no better objective from it."""
        if self.proposal.should_stop(self.values):
            self.job.stop()

    def end(self) -> None:
        """Report the result of the ended job to the search."""
        self.proposal.end(self.values, objective=self.objective, stopped=self.status == "Stopped")

    def summary(self) -> dict[str, Any]:
        """Return the HyperParameterTrainingJobSummary."""
        described = self.job.describe()
        shown: dict[str, Any] = {key: described[key] for key in _SUMMARY if key in described}
        shown["TunedHyperParameters"] = dict(self.proposal.hyperparameters)
        shown["ObjectiveStatus"] = self.objective_status
        if (objective := self.objective) is not None:
            shown["FinalHyperParameterTuningJobObjectiveMetric"] = {
                "Type": "Maximize" if self.settings.maximize else "Minimize",
                "MetricName": self.settings.metric,
                "Value": objective,
            }
        return shown
