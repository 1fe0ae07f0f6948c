"""Encoded rows in files as XGBoost's built-in algorithm takes them: CSV, label first, no header."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from pipeline_code.census.encoder import Encoder, Matrix
from pipeline_code.census.features import is_high
from pipeline_code.runtime.job_errors import DataError


def write_matrix(rows: pa.Table, encoder: Encoder, path: Path) -> None:
    """Write label and features of each row; nothing when there is no row.

    The algorithm does not accept an empty file.
    """
    if rows.num_rows == 0:
        return
    numbers = encoder.encode(rows).astype(np.int32)
    columns = [is_high(rows).astype(np.int32), *numbers.T]
    table = pa.table([pa.array(column) for column in columns], names=["label", *encoder.names])
    csv.write_csv(table, path, csv.WriteOptions(include_header=False))


def read_matrix(folder: Path) -> tuple[npt.NDArray[np.float32], Matrix]:
    """The labels, of shape (rows,), and the features of every file in `folder`, by name.

    Raises DataError when there is none.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if not paths:
        raise DataError(f"no files in the channel {folder.name}: check the preprocessing's output")
    numbers = np.vstack([_read(path) for path in paths])
    return numbers[:, 0], numbers[:, 1:]


def _read(path: Path) -> Matrix:
    options = csv.ReadOptions(autogenerate_column_names=True)
    table = csv.read_csv(path, options)
    return np.column_stack([column.to_numpy() for column in table.columns]).astype(np.float32)
