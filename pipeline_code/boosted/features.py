"""The columns of the data, and the features of the model."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.schema import FLOAT, Column, Schema, choice

TARGET = "value"
KINDS = ("plain", "fine", "rare")
SCHEMA = Schema((Column(TARGET, FLOAT), Column("size", FLOAT), Column("kind", choice(*KINDS))))
DATASET = Dataset(SCHEMA, TARGET, order=(TARGET, "size", "kind"))


def feature_matrix(rows: pa.Table) -> npt.NDArray[np.float64]:
    """Return the features of raw rows, of shape (rows, 2): the size and the index of the kind."""
    kinds = [KINDS.index(kind) for kind in rows["kind"].to_pylist()]
    return np.column_stack([rows["size"].to_numpy(), np.array(kinds, dtype=np.float64)])
