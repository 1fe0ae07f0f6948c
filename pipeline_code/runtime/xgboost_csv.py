"""Features and labels in the CSV format of XGBoost's containers: label first, no header."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

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


class LabelledWriter:
    """Writes one line per row to a file; without rows no file is written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: csv.CSVWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._writer is not None:
            self._writer.close()

    def write(self, labelled: Labelled) -> None:
        """Append rows."""
        if not len(labelled.labels):
            return
        columns = [pa.array(column) for column in (labelled.labels, *labelled.features.T)]
        rows = pa.table(columns, names=[f"c{number}" for number in range(len(columns))])
        if self._writer is None:
            options = csv.WriteOptions(include_header=False)
            self._writer = csv.CSVWriter(self._path, rows.schema, write_options=options)
        self._writer.write_table(rows)


def write_labelled(labelled: Labelled, path: Path) -> None:
    """Write rows to a file."""
    with LabelledWriter(path) as writer:
        writer.write(labelled)


def read_shard(folder: Path, *, features: int) -> Labelled:
    """Read the rows of every file below `folder`, in the order of the file names, as float64.

    One of several hosts may have no rows. Raises DataError if a file has another number of
    `features`.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    parts = [_read(path, features) for path in paths if path.stat().st_size]
    rows = np.vstack(parts) if parts else np.empty((0, 1 + features))
    return Labelled(rows[:, 1:], rows[:, 0])


def _read(path: Path, features: int) -> Numbers:
    table = csv.read_csv(path, read_options=csv.ReadOptions(autogenerate_column_names=True))
    if table.num_columns != 1 + features:
        raise DataError(
            f"{path.name}: {table.num_columns} columns, must be the label and {features} "
            "features: preprocess and train must be given the same columns"
        )
    return np.column_stack([column.to_numpy() for column in table.columns]).astype(np.float64)
