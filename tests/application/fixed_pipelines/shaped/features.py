"""The columns of the rows, and the feature of the model: `size`, saturated by a package."""

import os

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.schema import FLOAT, Column, Schema

TARGET, SIZE = "value", "size"
DATASET = Dataset(
    Schema((Column(TARGET, FLOAT), Column(SIZE, FLOAT))), TARGET, order=(TARGET, SIZE)
)


def feature_matrix(rows: pa.Table) -> npt.NDArray[np.float64]:
    """Return the features of raw rows, of shape (rows, 2): a constant, and the saturated size."""
    from saturation import saturated  # of the Dockerfile: this machine lacks it

    half = float(os.environ["SHAPED_HALF"])
    column = np.array([saturated(size, half) for size in rows[SIZE].to_pylist()], dtype=np.float64)
    return np.column_stack([np.ones(rows.num_rows), column])
