"""What an execution has cost: the measured minutes of its jobs, at the prices of the table.

A processing or transform job is billed from its start to its end, a training job for
BillableTimeInSeconds, on each instance:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from execution_reader.started_step import StartedStep
from execution_reader.step_kinds import JOBS, Job, jobs_of
from prices import Price, PriceTable

_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True)
class UsedInstances:
    """Instances of a job: `usage` is the first word of the name of their price."""

    usage: str
    type: str
    count: int
    seconds: float


@dataclass(frozen=True)
class RunCostLine:
    """A job of a step. `used` is None while its duration is unknown: it runs, or is not listed."""

    step: str
    job: str
    used: UsedInstances | None
    price: Price | None

    @property
    def usd(self) -> float | None:
        """The cost in US dollars; None if the duration or the price is unknown."""
        if self.used is None or self.price is None:
            return None
        return self.used.count * self.used.seconds / _SECONDS_PER_HOUR * self.price.usd


def run_costs(
    sagemaker: Any, steps: Iterable[StartedStep], table: PriceTable
) -> Iterator[RunCostLine]:
    """Yield the cost of each job of some steps. A step whose result was reused has no cost."""
    region = sagemaker.meta.region_name
    for step in steps:
        for job, arn in () if step.reused_from else jobs_of(step.metadata):
            for name, used in _used(sagemaker, job, arn):
                price = table.price(f"{used.usage} {used.type}", region) if used else None
                yield RunCostLine(step.name, name, used, price)


def _used(sagemaker: Any, job: Job, arn: str) -> Iterator[tuple[str, UsedInstances | None]]:
    """Yield the instances of a job; those of a tuning job are in its training jobs."""
    name = arn.rpartition("/")[2]
    if job == JOBS["TuningJob"]:
        listing = sagemaker.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job")
        for page in listing.paginate(HyperParameterTuningJobName=name):
            for summary in page["TrainingJobSummaries"]:
                yield from _used(sagemaker, JOBS["TrainingJob"], summary["TrainingJobArn"])
        return
    measure = _MEASURES.get(job.operation)
    yield name, measure(job.describe(sagemaker, arn)) if measure else None


def _processing(job: Mapping[str, Any]) -> UsedInstances | None:
    cluster = job["ProcessingResources"]["ClusterConfig"]
    seconds = _between(job.get("ProcessingStartTime"), job.get("ProcessingEndTime"))
    return _instances("processing", cluster, seconds)


def _training(job: Mapping[str, Any]) -> UsedInstances | None:
    return _instances("training", job["ResourceConfig"], job.get("BillableTimeInSeconds"))


def _transform(job: Mapping[str, Any]) -> UsedInstances | None:
    seconds = _between(job.get("TransformStartTime"), job.get("TransformEndTime"))
    return _instances("transform", job["TransformResources"], seconds)


def _instances(
    usage: str, cluster: Mapping[str, Any], seconds: float | None
) -> UsedInstances | None:
    if seconds is None:
        return None
    return UsedInstances(usage, cluster["InstanceType"], cluster["InstanceCount"], seconds)


def _between(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end else None


# The jobs of AutoML are not listed by the service, so their instances are unknown.
_MEASURES = {
    JOBS["ProcessingJob"].operation: _processing,
    JOBS["TrainingJob"].operation: _training,
    JOBS["TransformJob"].operation: _transform,
}
