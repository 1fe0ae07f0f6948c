"""The labels and the predictions of rows, as the metrics need them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.monitoring.inputs import typed
from pipeline_code.runtime.monitoring.labelled import LabelledRow, PredictedRow, target_values


def predictions(rows: Sequence[PredictedRow]) -> npt.NDArray[np.float64]:
    """Return the predictions, of shape (rows,) or (rows, classes or targets)."""
    return np.asarray([row.prediction for row in rows], dtype=np.float64)


def targets(dataset: Dataset, rows: Sequence[LabelledRow]) -> pa.Table:
    """Return the labels as a table with the target columns. Raises DataError."""
    return typed([target_values(row.label, dataset) for row in rows], dataset.target_schema)
