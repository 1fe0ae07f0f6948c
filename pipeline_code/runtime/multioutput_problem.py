"""The prediction of several numbers by one model."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.metric_names import MULTIOUTPUT
from pipeline_code.runtime.multioutput import (
    multioutput_metrics,
    multioutput_report,
    relative_errors,
)
from pipeline_code.runtime.problem import Labels, Numbers, Problem
from pipeline_code.runtime.regression_problem import regression_plots


def _report(
    dataset: Dataset, labels: Labels, predicted: Numbers, facts: Mapping[str, Any]
) -> dict[str, Any]:
    means = facts["target_mean"]
    return multioutput_report(labels, predicted, targets=dataset.targets, mean_guess=means)


def _plots(dataset: Dataset, labels: Labels, predicted: Numbers) -> dict[str, Any]:
    """The plots of a regression, for each target."""
    columns = zip(dataset.targets, labels.T, predicted.T, strict=True)
    return {"by_target": {name: regression_plots(*values) for name, *values in columns}}


def _of_record(dataset: Dataset, record: Sequence[str]) -> list[float]:
    """A line has the targets in the declared order."""
    values = record[: len(dataset.targets)]
    if len(values) < len(dataset.targets):
        raise ValueError(f"{len(values)} of {len(dataset.targets)} targets")
    return list(map(float, values))


PROBLEM = Problem(
    names=MULTIOUTPUT,
    fits=lambda dataset: dataset.has_several_targets,
    check_training=lambda dataset, labels: None,
    report=_report,
    metrics=multioutput_metrics,
    row_errors=relative_errors,
    error="relative_mae",
    plots=_plots,
    of_record=_of_record,
    of_object=lambda dataset, row: [float(row[name]) for name in dataset.targets],
)
