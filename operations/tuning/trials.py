"""The training jobs of a tuning job, read with the API of SageMaker."""

from __future__ import annotations

from typing import Any

import pandas as pd

_OBJECTIVE = "FinalHyperParameterTuningJobObjectiveMetric"


def read_trials(sagemaker: Any, tuning_job: str) -> list[dict[str, Any]]:
    """Return the training jobs in the order of their creation, one dictionary each.

    The keys are number, training_job, status, objective (None without a value), seconds (None
    before the end), and the name of each hyperparameter with its text.
    """
    pages = sagemaker.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(
        HyperParameterTuningJobName=tuning_job, SortBy="CreationTime", SortOrder="Ascending"
    )
    found = [entry for page in pages for entry in page["TrainingJobSummaries"]]
    return [_trial(number, entry) for number, entry in enumerate(found, 1)]


def trials_frame(sagemaker: Any, tuning_job: str) -> pd.DataFrame:
    """Return the training jobs of a tuning job as a table, with numbers as numbers."""
    frame = pd.DataFrame(read_trials(sagemaker, tuning_job))
    for name in frame.columns[5:]:
        numbers = pd.to_numeric(frame[name], errors="coerce")
        if not numbers.isna().any():
            frame[name] = numbers
    return frame


def _trial(number: int, entry: dict[str, Any]) -> dict[str, Any]:
    start, end = entry.get("TrainingStartTime"), entry.get("TrainingEndTime")
    return {
        "number": number,
        "training_job": entry["TrainingJobName"],
        "status": entry["TrainingJobStatus"],
        "objective": entry.get(_OBJECTIVE, {}).get("Value"),
        "seconds": (end - start).total_seconds() if start and end else None,
        **entry.get("TunedHyperParameters", {}),
    }
