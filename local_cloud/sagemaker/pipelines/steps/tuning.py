"""Tuning steps: each runs a hyperparameter tuning job.

The properties are those of DescribeHyperParameterTuningJob, and TrainingJobSummaries of
ListTrainingJobsForHyperParameterTuningJob with the best training job first.
"""

from __future__ import annotations

from typing import Any

from local_cloud.sagemaker.jobs.job_kinds import TUNING
from local_cloud.sagemaker.jobs.tuning.tuning_checks import tuning_findings
from local_cloud.sagemaker.pipelines.job_step import job_executor

# The SDK's get_top_model_s3_uri accepts the best 50 models.
_SUMMARIES = 50


def _with_summaries(client: Any, description: dict[str, Any]) -> dict[str, Any]:
    objective = description["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    listed = client.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=description["HyperParameterTuningJobName"],
        SortBy="FinalObjectiveMetricValue",
        SortOrder="Descending" if objective["Type"] == "Maximize" else "Ascending",
        StatusEquals="Completed",  # only these jobs have whole models
        MaxResults=_SUMMARIES,
    )
    return description | {"TrainingJobSummaries": listed["TrainingJobSummaries"]}


EXECUTOR = job_executor(
    TUNING,
    findings=tuning_findings,
    cache_key_attributes=(
        "HyperParameterTuningJobConfig",
        "TrainingJobDefinition",
        "TrainingJobDefinitions",
    ),
    metadata_key="TuningJob",
    properties=_with_summaries,
)
