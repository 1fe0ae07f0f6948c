"""Tuning steps: search the hyperparameters of an algorithm (CreateHyperParameterTuningJob).

Source of the actions: SageMaker Developer Guide, "IAM Access Management" of Pipelines. The step
also reads the list of its training jobs (TrainingJobSummaries of its properties).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sagemaker.core.workflow.functions import Join

from pipeline_code.workflow.actions import RUN_CONTAINER, WRITE_OUTPUTS
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import KMS_KEY, role_arn
from pipeline_code.workflow.instances import Instances, time_limit, vpc_config
from pipeline_code.workflow.models import MODEL, TrainedModel
from pipeline_code.workflow.parameter_ranges import ParameterRange, parameter_ranges
from pipeline_code.workflow.retries import job_retries
from pipeline_code.workflow.step_kind import DependsOn, RequestStep, StepKind
from pipeline_code.workflow.steps.training import channel
from pipeline_code.workflow.variables import Environment, Uri, access_of

KIND = StepKind(
    type="Tuning",
    execution=(
        "sagemaker:AddTags",
        "sagemaker:CreateHyperParameterTuningJob",
        "sagemaker:DescribeHyperParameterTuningJob",
        "sagemaker:DescribeTrainingJob",
        "sagemaker:ListTrainingJobsForHyperParameterTuningJob",
        "sagemaker:StopHyperParameterTuningJob",
    ),
    role="Training",
    role_field="TrainingJobDefinition.RoleArn",
    job=(*RUN_CONTAINER, *WRITE_OUTPUTS),
    creates="hyper-parameter-tuning-job",
    writes_models=True,
    described=(
        "DescribeHyperParameterTuningJobResponse",
        "ListTrainingJobsForHyperParameterTuningJobResponse",
    ),
)


class TuningStep(RequestStep):
    """A tuning job. `model` is the model of its best training job."""

    model: TrainedModel


def tuning(
    p: Collector,
    name: str,
    instances: Instances,
    *,
    channels: Mapping[str, Uri],
    ranges: Sequence[ParameterRange],
    objective: str,
    goal: Literal["Minimize", "Maximize"],
    jobs: int,
    parallel_jobs: int = 2,
    strategy: Literal["Bayesian", "Random", "Grid", "Hyperband"] = "Bayesian",
    epochs: tuple[int, int] | None = None,
    early_stopping: bool = False,
    hyperparameters: Mapping[str, Any] | None = None,
    seed: int | None = None,
    image: str | Environment | None = None,
    content_type: str | None = None,
    hours: int = 4,
    depends_on: DependsOn = None,
) -> TuningStep:
    """Add a step that trains the built-in algorithm of an image `jobs` times, and keeps the best.

    `objective` is a metric of the algorithm, such as validation:auc. The API has no command for the
    training jobs of a tuning job, so a script of the folder cannot be tuned
    (docs/decisions/0042-tuning-searches-built-in-algorithms.md). `hyperparameters` are the same in
    all training jobs. With `early_stopping`, a job ends when its objective is worse than the median
    of the earlier jobs after the same number of rounds; do not use it if a range makes jobs slower
    learners, such as eta. The strategy Hyperband stops jobs itself, after the fewest to the most
    `epochs` of a job. `hours` is the limit of each training job.
    """
    found = p.image(image)
    kept = p.folder.run_uri("kept", name, MODEL)
    definition = {
        "RoleArn": role_arn("Training"),
        "AlgorithmSpecification": {"TrainingImage": found, "TrainingInputMode": "File"},
        "StaticHyperParameters": dict(hyperparameters or {}),
        "InputDataConfig": [channel(key, uri, content_type) for key, uri in channels.items()],
        "OutputDataConfig": {
            "S3OutputPath": p.folder.run_target("kept", name, MODEL),
            "KmsKeyId": KMS_KEY,
        },
        "ResourceConfig": instances.request(),
        "StoppingCondition": time_limit(hours),
        "VpcConfig": vpc_config(),
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
    }
    config: dict[str, Any] = {
        "Strategy": strategy,
        "HyperParameterTuningJobObjective": {"Type": goal, "MetricName": objective},
        "ResourceLimits": {
            "MaxNumberOfTrainingJobs": jobs,
            "MaxParallelTrainingJobs": parallel_jobs,
        },
        "ParameterRanges": parameter_ranges(ranges),
        "TrainingJobEarlyStoppingType": "Auto" if early_stopping else "Off",
    }
    if seed is not None:
        config["RandomSeed"] = seed
    if epochs is not None:
        limits = dict(zip(("MinResource", "MaxResource"), epochs, strict=True))
        config["StrategyConfig"] = {"HyperbandStrategyConfig": limits}
    request = {
        "HyperParameterTuningJobConfig": config,
        "TrainingJobDefinition": definition,
        "Tags": p.folder.tags,
    }
    step = TuningStep(KIND, name, request, retries=job_retries(), depends_on=depends_on)
    best = step.properties.BestTrainingJob.TrainingJobName
    archive = Join(on="/", values=[*kept.variable.values, best, "output", "model.tar.gz"])
    step.model = TrainedModel(Uri(archive, kept.access), image=found, outside_training=None)
    return p.collect(step, KIND.needs(name, job=access_of(request)))
