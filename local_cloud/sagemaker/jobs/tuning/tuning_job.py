"""Tuning jobs: run training jobs with the hyperparameters that the search proposes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from local_cloud.context import Cloud
from local_cloud.sagemaker.exceptions import JobFailed, JobStopped
from local_cloud.sagemaker.jobs.job import Job
from local_cloud.sagemaker.jobs.job_kinds import TUNING
from local_cloud.sagemaker.jobs.job_task import JobTask
from local_cloud.sagemaker.jobs.tuning.trial import Trial
from local_cloud.sagemaker.jobs.tuning.tuning_settings import (
    RESOURCES,
    read_settings,
    resources_of,
)

# The service passes the name of the objective to training jobs in this hyperparameter. Source:
# params.py of aws/sagemaker-training-toolkit (TUNING_METRIC).
OBJECTIVE = "_tuning_objective_metric"
_POLL_SECONDS = 0.1
# The members of a HyperParameterTrainingJobDefinition that CreateTrainingJob does not have.
_NOT_OF_TRAINING = ("DefinitionName", "StaticHyperParameters", RESOURCES)
# "No objective metrics found after running 5 training jobs." is an error of the service.
_JOBS_WITHOUT_OBJECTIVE = 5


class TuningTask(JobTask):
    """The task of a tuning job. Its training jobs use the role in their definition."""

    kind = TUNING

    def __init__(self, cloud: Cloud, request: Mapping[str, Any], arn: str) -> None:
        super().__init__(cloud, request, arn)
        self.settings = read_settings(request)
        self.trials: list[Trial] = []

    @property
    def role_arn(self) -> str:
        """The role of the training jobs."""
        role_arn: str = self.request["TrainingJobDefinition"]["RoleArn"]
        return role_arn

    def training_request(self, hyperparameters: Mapping[str, str]) -> dict[str, Any]:
        """Return the CreateTrainingJob request of the next training job."""
        definition = self.request["TrainingJobDefinition"]
        number, suffix = len(self.trials) + 1, uuid4().hex[:8]
        return {
            **{name: value for name, value in definition.items() if name not in _NOT_OF_TRAINING},
            "ResourceConfig": dict(resources_of(definition)),
            "TrainingJobName": f"{self.name}-{number:03}-{suffix}",
            "TuningJobArn": self.arn,
            "HyperParameters": {
                OBJECTIVE: self.settings.metric,
                **(definition.get("StaticHyperParameters") or {}),
                **hyperparameters,
            },
            "Tags": list(self.request.get("Tags") or []),
        }

    @property
    def best(self) -> Trial | None:
        """The completed training job with the best objective. Only such a job has a whole model."""
        done = [trial for trial in self.trials if trial.status == "Completed"]
        found = [(trial.objective, trial) for trial in done if trial.objective is not None]
        choose = max if self.settings.maximize else min
        return choose(found, key=lambda each: each[0])[1] if found else None

    def results(self) -> dict[str, Any]:
        """Return the counters and the best training job."""
        statuses = Counter(trial.status for trial in self.trials)
        objectives = Counter(trial.objective_status for trial in self.trials)
        best = self.best
        return {
            "TrainingJobStatusCounters": {
                "Completed": statuses["Completed"],
                "InProgress": statuses["InProgress"] + statuses["Stopping"],
                "RetryableError": 0,
                "NonRetryableError": statuses["Failed"],
                "Stopped": statuses["Stopped"],
            },
            "ObjectiveStatusCounters": {
                name: objectives[name] for name in ("Succeeded", "Pending", "Failed")
            },
            **({"BestTrainingJob": best.summary()} if best else {}),
        }


class TuningJob(Job):
    """A tuning job. `start_training(request)` creates and starts a training job."""

    task: TuningTask

    def __init__(
        self,
        task: TuningTask,
        *,
        start_training: Callable[[Mapping[str, Any]], Job],
        on_change: Callable[[Job], None],
    ) -> None:
        super().__init__(task, on_change=on_change)
        self._start_training = start_training
        self._running: list[Trial] = []

    def _run_task(self) -> None:
        # Imports Optuna, which takes seconds.
        from local_cloud.sagemaker.jobs.tuning.search import Search

        search, deadline = Search(self.task.settings), time.monotonic() + self._settings.max_seconds
        try:
            while not self._is_done() and time.monotonic() < deadline:
                if self._stop.is_set():
                    raise JobStopped("The tuning job was stopped.")
                self._fill(search.propose)
                time.sleep(_POLL_SECONDS)
                self._collect()
        finally:
            self._end_running()
        if self.task.best is None:
            raise JobFailed(self._why_no_best())

    @property
    def _settings(self) -> Any:
        return self.task.settings

    def _fill(self, propose: Callable[[], Any]) -> None:
        """Start training jobs up to MaxParallelTrainingJobs."""
        free = self._settings.max_parallel_jobs - len(self._running)
        left = self._settings.max_jobs - len(self.task.trials)
        for _ in range(min(free, left)):
            proposal = propose()
            job = self._start_training(self.task.training_request(proposal.hyperparameters))
            trial = Trial(job, proposal, self._settings)
            self.task.trials.append(trial)
            self._running.append(trial)

    def _collect(self) -> None:
        """Report to the search what the running jobs have printed, and which jobs have ended."""
        for trial in list(self._running):
            if trial.job.finished.is_set():
                trial.end()
                self._running.remove(trial)
            else:
                trial.stop_if_hopeless()

    def _is_done(self) -> bool:
        ended = [trial for trial in self.task.trials if trial not in self._running]
        if len(ended) >= self._settings.max_jobs:
            return True
        if len(ended) >= _JOBS_WITHOUT_OBJECTIVE and not any(trial.values for trial in ended):
            return True
        objectives = [trial.objective for trial in ended if trial.objective is not None]
        if any(map(self._settings.reaches_target, objectives)):
            return True
        return self._settings.patience is not None and self._not_improving(objectives)

    def _not_improving(self, objectives: list[float]) -> bool:
        best = (max if self._settings.maximize else min)(objectives, default=None)
        return best is not None and (
            len(objectives) - 1 - objectives.index(best) >= self._settings.patience
        )

    def _end_running(self) -> None:
        for trial in self._running:
            trial.job.stop()
        for trial in self._running:
            trial.job.finished.wait()
            trial.end()
        self._running.clear()

    def _why_no_best(self) -> str:
        trials = self.task.trials
        reasons = [trial.job.describe().get("FailureReason", "") for trial in trials]
        if all(trial.status == "Failed" for trial in trials):
            return (
                "ClientError: All training jobs failed. Please take a look at the training jobs "
                f"failures to get more details. The first: {reasons[0] if reasons else ''}"
            )
        return (
            f"ClientError: No objective metrics found after running {len(trials)} training jobs. "
            "Please ensure that the custom algorithm is emitting the objective metric as defined "
            f"by the regular expression provided. The metric is {self._settings.metric}."
        )
