"""Creates, finds, lists and stops jobs."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local_cloud.context import Cloud
from local_cloud.sagemaker.api.pagination import in_window, ordered
from local_cloud.sagemaker.exceptions import ResourceInUse, ValidationFailed
from local_cloud.sagemaker.jobs import request_checks
from local_cloud.sagemaker.jobs.automl.automl_checks import automl_findings
from local_cloud.sagemaker.jobs.automl.automl_job import AutoMLJob, AutoMLTask
from local_cloud.sagemaker.jobs.container_job import ContainerJob
from local_cloud.sagemaker.jobs.container_task import ContainerTask
from local_cloud.sagemaker.jobs.job import Job
from local_cloud.sagemaker.jobs.job_kinds import TRANSFORM, TUNING, JobKind
from local_cloud.sagemaker.jobs.processing_task import ProcessingTask
from local_cloud.sagemaker.jobs.training_task import TrainingTask
from local_cloud.sagemaker.jobs.transform.transform_job import TransformJob, TransformTask
from local_cloud.sagemaker.jobs.tuning.tuning_checks import tuning_findings
from local_cloud.sagemaker.jobs.tuning.tuning_job import TuningJob, TuningTask
from local_cloud.sagemaker.role_checks import check_role
from local_cloud.sagemaker.status_events import StatusPublisher

Request = Mapping[str, Any]

FOLDER = "jobs"
_SUMMARY = (
    "CreationTime",
    "LastModifiedTime",
    "FailureReason",
    "ExitMessage",
    "SecondaryStatus",
    "ProcessingEndTime",
    "TrainingEndTime",
    "TransformEndTime",
    "HyperParameterTuningEndTime",
    "TrainingJobStatusCounters",
    "ObjectiveStatusCounters",
)


class JobStore:
    """The jobs of one account and region, by kind and name."""

    def __init__(
        self, cloud: Cloud, publisher: StatusPublisher, account_id: str, region_name: str
    ) -> None:
        self.processing: dict[str, Job] = {}
        self.training: dict[str, Job] = {}
        self.transform: dict[str, Job] = {}
        self.tuning: dict[str, Job] = {}
        self.automl: dict[str, Job] = {}
        self._cloud = cloud
        self._publisher = publisher
        self._arn_prefix = f"arn:aws:sagemaker:{region_name}:{account_id}"
        self._lock = threading.Lock()

    def create_processing(self, request: Request) -> Job:
        """Perform CreateProcessingJob. Raises `ValidationFailed` and `ResourceInUse`."""
        findings = request_checks.processing_findings(request)
        return self._create(ProcessingTask, self.processing, request, findings)

    def create_training(self, request: Request) -> Job:
        """Perform CreateTrainingJob. Raises `ValidationFailed` and `ResourceInUse`."""
        findings = request_checks.training_findings(request)
        return self._create(TrainingTask, self.training, request, findings)

    def create_transform(self, request: Request, *, model_role_arn: str) -> Job:
        """Perform CreateTransformJob. Raises `ValidationFailed` and `ResourceInUse`."""
        findings = request_checks.transform_findings(request)
        if findings:
            raise ValidationFailed(" ".join(findings))
        name, arn = self._name(TRANSFORM, request)
        task = TransformTask(self._cloud, request, arn, model_role_arn=model_role_arn)
        job = TransformJob(task, on_change=self._publisher.job_changed)
        self._add(self.transform, name, job)
        job.start()
        return job

    def create_tuning(self, request: Request) -> Job:
        """Perform CreateHyperParameterTuningJob. Raises `ValidationFailed` and `ResourceInUse`."""
        findings = tuning_findings(request)
        if findings:
            raise ValidationFailed(" ".join(findings))
        name, arn = self._name(TUNING, request)
        task = TuningTask(self._cloud, request, arn)
        check_role(task.role_arn, source_arn=arn)
        job = TuningJob(
            task, start_training=self.create_training, on_change=self._publisher.job_changed
        )
        self._add(self.tuning, name, job)
        job.start()
        return job

    def create_automl(self, request: Request) -> Job:
        """Perform CreateAutoMLJob. Raises `ValidationFailed` and `ResourceInUse`."""
        findings = automl_findings(request)
        return self._create(AutoMLTask, self.automl, request, findings, job_type=AutoMLJob)

    def find(self, jobs: Mapping[str, Job], kind: JobKind, name: str) -> Job:
        """Return the job. Raises the service's error for an unknown name."""
        if name not in jobs:
            raise ValidationFailed(f"Could not find requested {kind.name} job with name: {name}")
        return jobs[name]

    def wait(self, arn: str) -> None:
        """Wait until the job has ended."""
        next(job for job in self._every() if job.arn == arn).finished.wait()

    def summaries(
        self, jobs: Mapping[str, Job], kind: JobKind, request: Request
    ) -> list[dict[str, Any]]:
        """Return the List…Jobs summaries of one kind, before pagination."""
        shown = [_summary(job, kind) for job in list(jobs.values())]
        wanted = [entry for entry in shown if _matches(entry, kind, request)]
        by = {"Name": f"{kind.name}JobName", "Status": f"{kind.name}JobStatus"}
        return ordered(wanted, request, by=by)

    def resume(self) -> list[str]:
        """Fail the jobs that an earlier server did not finish. Return them, one line each."""
        interrupted = [job for job in self._every() if job.interrupt()]
        return [f"the job {job.task.name}: it is Failed" for job in interrupted]

    def close(self) -> None:
        """Stop all jobs and wait until the last has ended."""
        every = self._every()
        for job in every:
            job.stop()
        for job in every:
            job.finished.wait()

    def _every(self) -> list[Job]:
        # Jobs that create other jobs are stopped first.
        kinds = (self.tuning, self.automl, self.processing, self.training, self.transform)
        return [job for jobs in kinds for job in list(jobs.values())]

    def _create(
        self,
        task_type: type[ContainerTask],
        jobs: dict[str, Job],
        request: Request,
        findings: list[str],
        job_type: type[ContainerJob] = ContainerJob,
    ) -> Job:
        if findings:
            raise ValidationFailed(" ".join(findings))
        name, arn = self._name(task_type.kind, request)
        check_role(request["RoleArn"], source_arn=arn)
        job = job_type(
            task_type(self._cloud, request, arn),
            folder=Path(self._cloud.state).resolve() / FOLDER / name,
            on_change=self._publisher.job_changed,
        )
        self._add(jobs, name, job)
        job.start()
        return job

    def _name(self, kind: JobKind, request: Request) -> tuple[str, str]:
        """Return the name in the request and the ARN of the new job."""
        name = request[f"{kind.name}JobName"]
        return name, f"{self._arn_prefix}:{kind.arn_type}/{name}"

    def _add(self, jobs: dict[str, Job], name: str, job: Job) -> None:
        with self._lock:
            if name in jobs:
                raise ResourceInUse(
                    "Job name must be unique within an AWS account and region, and a job with "
                    f"this name already exists ({jobs[name].arn})"
                )
            jobs[name] = job


def _summary(job: Job, kind: JobKind) -> dict[str, Any]:
    described = job.describe()
    own = (f"{kind.name}JobName", f"{kind.name}JobArn", f"{kind.name}JobStatus")
    return {name: described[name] for name in (*own, *_SUMMARY) if name in described}


def _matches(entry: Mapping[str, Any], kind: JobKind, request: Request) -> bool:
    status = request.get("StatusEquals")
    return (
        request.get("NameContains", "").lower() in entry[f"{kind.name}JobName"].lower()
        and status in (None, entry[f"{kind.name}JobStatus"])
        and in_window(entry, request, "CreationTime")
        and in_window(entry, request, "LastModifiedTime")
    )
