"""Features and labels in the CSV format of XGBoost's containers: label first, no header."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from pipeline_code.runtime.job_errors import DataError

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """`features` of shape (rows, features) and the `labels` of the rows, 1 or 0."""

    features: npt.NDArray[Any]
    labels: npt.NDArray[Any]

    def in_order(self) -> "Labelled":
        """Sort the rows, so that their order does not depend on files and instances."""
        order = np.lexsort(np.column_stack([self.labels, self.features]).T)
        return Labelled(self.features[order], self.labels[order])


def write_labelled(labelled: Labelled, path: Path) -> None:
    """Write one line per row; without rows, write an empty file."""
    columns = [pa.array(column) for column in (labelled.labels, *labelled.features.T)]
    table = pa.table(columns, names=[f"c{number}" for number in range(len(columns))])
    csv.write_csv(table, path, csv.WriteOptions(include_header=False))


def read_labelled(folder: Path, *, features: int) -> Labelled:
    """Read the rows of every file below `folder`, in the order of the file names, as float64.

    Raises DataError if there are no rows, or if a file has another number of `features`.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    parts = [_read(path, features) for path in paths if path.stat().st_size]
    if not parts:
        raise DataError(
            f"{folder.name}: no rows in {len(paths)} files: check the data and what preprocess "
            "counted"
        )
    rows = np.vstack(parts)
    return Labelled(rows[:, 1:], rows[:, 0])


def _read(path: Path, features: int) -> Numbers:
    table = csv.read_csv(path, read_options=csv.ReadOptions(autogenerate_column_names=True))
    if table.num_columns != 1 + features:
        raise DataError(
            f"{path.name}: {table.num_columns} columns, must be the label and {features} "
            "features: preprocess and train must be given the same columns"
        )
    return np.column_stack([column.to_numpy() for column in table.columns]).astype(np.float64)
