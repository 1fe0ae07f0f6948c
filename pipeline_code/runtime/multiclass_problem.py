"""The prediction of the probabilities of several classes."""

from collections.abc import Sequence

import numpy as np

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.metric_names import MULTICLASS
from pipeline_code.runtime.multiclass import (
    multiclass_log_losses,
    multiclass_metrics,
    multiclass_report,
)
from pipeline_code.runtime.problem import Labels, Problem


def require_every_class(labels: Labels, classes: Sequence[str]) -> None:
    """Raise DataError if a class has no training row."""
    counts = np.bincount(labels, minlength=len(classes))
    absent = [name for name, count in zip(classes, counts, strict=True) if not count]
    if absent:
        raise DataError(
            f"the training side has {len(labels)} rows, none of them of the class "
            f"{', '.join(absent)}: check the data that the job reads, or remove the class from "
            "the data set"
        )


def _of_record(dataset: Dataset, record: Sequence[str]) -> list[float]:
    """A line has the answer and the probabilities, in the declared order."""
    probabilities = record[1 : 1 + len(dataset.classes)]
    if len(probabilities) < len(dataset.classes):
        raise ValueError(f"{len(probabilities)} of {len(dataset.classes)} probabilities")
    return list(map(float, probabilities))


PROBLEM = Problem(
    names=MULTICLASS,
    fits=lambda dataset: bool(dataset.classes),
    check_training=lambda dataset, labels: require_every_class(labels, dataset.classes),
    report=lambda dataset, labels, predicted, facts: multiclass_report(
        labels, predicted, classes=dataset.classes
    ),
    metrics=multiclass_metrics,
    row_errors=multiclass_log_losses,
    error="log_loss",
    # The confusion matrix is in evaluation.json.
    plots=lambda dataset, labels, predicted: {},
    of_record=_of_record,
    of_object=lambda dataset, row: [float(row["probabilities"][name]) for name in dataset.classes],
)
