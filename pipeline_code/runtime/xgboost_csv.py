"""Features and labels in the CSV format of XGBoost's containers: label first, no header."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from pipeline_code.runtime.job_errors import DataError

Numbers = npt.NDArray[np.float64]
# Of a file, read at once.
BLOCK_BYTES = 2**20


@dataclass(frozen=True)
class Labelled:
    """`features` of shape (rows, features) and the `labels` of the rows, 1 or 0."""

    features: npt.NDArray[Any]
    labels: npt.NDArray[Any]


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


def labelled_rows(folder: Path, *, features: int) -> Iterator[Numbers]:
    """Yield the rows of every file below `folder` in blocks, in the order of the file names.

    A block has the shape (rows, 1 + features), with the label first. A missing value is NaN. The
    memory is bounded by a block. Raises DataError if a file has another number of `features`, or a
    value that is not a number.
    """
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.stat().st_size:
            yield from _blocks(path, features)


def _blocks(path: Path, features: int) -> Iterator[Numbers]:
    names = [f"f{number}" for number in range(1 + features)]
    # The types are given, because those of later blocks may differ from those of the first one.
    types = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.float64()))
    options = csv.ReadOptions(autogenerate_column_names=True, block_size=BLOCK_BYTES)
    try:
        with csv.open_csv(path, read_options=options, convert_options=types) as reader:
            columns = len(reader.schema)
            if columns != len(names):
                raise DataError(
                    f"{path.name}: {columns} columns, must be the label and {features} "
                    "features: preprocess and train must be given the same columns"
                )
            for batch in reader:
                columns_of_batch = [each.to_numpy(zero_copy_only=False) for each in batch]
                yield np.column_stack(columns_of_batch)
    except pa.ArrowInvalid as err:
        raise DataError(
            f"{path.name}: not rows of numbers without a header: {err}; start preprocess again"
        ) from err
