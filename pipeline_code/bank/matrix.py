"""Features as XGBoost's own containers read them: CSV without header, the label first."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv as arrow_csv

from pipeline_code.runtime.job_errors import DataError

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """`features` of shape (rows, features) and the `label` of each row, 1.0 or 0.0."""

    features: Matrix
    label: Matrix


def write_matrix(labelled: Labelled, folder: Path, *, host: str) -> None:
    """Write this instance's rows as `folder/part-<host>.csv`, also when there are none."""
    columns = np.column_stack([labelled.label, labelled.features]).T
    table = pa.table(list(columns), names=[f"c{number}" for number in range(len(columns))])
    options = arrow_csv.WriteOptions(include_header=False)
    arrow_csv.write_csv(table, folder / f"part-{host}.csv", options)


def read_matrix(folder: Path, features: list[str]) -> Labelled:
    """Every part below `folder`, in one order of rows whatever the instances that wrote them were.

    Raises DataError when there are no rows, or a part has not the label and these features.
    """
    parts = [_read(path, features) for path in sorted(folder.rglob("part-*.csv"))]
    rows = np.vstack([np.empty((0, 1 + len(features))), *parts])
    if not len(rows):
        raise DataError(
            f"{folder.name}: no rows in {len(parts)} files: check the query and the rows that "
            "preprocess counted"
        )
    rows = rows[np.lexsort(rows.T)]
    return Labelled(rows[:, 1:], rows[:, 0])


def _read(path: Path, features: list[str]) -> Matrix:
    if not path.stat().st_size:
        return np.empty((0, 1 + len(features)))
    table = arrow_csv.read_csv(
        path, read_options=arrow_csv.ReadOptions(autogenerate_column_names=True)
    )
    if table.num_columns != 1 + len(features):
        raise DataError(
            f"{path.name}: {table.num_columns} columns, must be the label and {len(features)} "
            "features: preprocess and train must be given the same columns"
        )
    return np.column_stack([column.to_numpy() for column in table.columns]).astype(np.float64)
