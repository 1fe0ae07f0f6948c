"""Reads a channel of the algorithm: CSV, Parquet or libsvm, depending on its content type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from csv import Error as SniffError
from csv import Sniffer
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from .algorithm_error import UserError

# The service expects libsvm in a channel without a content type.
FORMATS = {
    "": "libsvm",
    "csv": "csv",
    "text/csv": "csv",
    "libsvm": "libsvm",
    "text/libsvm": "libsvm",
    "text/x-libsvm": "libsvm",
    "parquet": "parquet",
    "application/x-parquet": "parquet",
}


def read_matrix(folder: Path, channel: Mapping[str, str], *, weights: bool) -> Any:
    """Return the DMatrix of all files of a channel.

    With `weights`, the second column contains the weights of the rows. Raises UserError with the
    name of an invalid file.
    """
    files = list(_data_files(folder))
    if not files:
        raise UserError(f"No data in channel {folder.name}")
    import numpy as np
    import xgboost

    kind = _format(channel.get("ContentType", ""))
    if kind == "libsvm":
        return xgboost.DMatrix(*_read_libsvm(files))
    table = _read_csv(files) if kind == "csv" else _read_parquet(files)
    first = 2 if weights else 1
    if table.num_columns <= first:
        raise UserError(
            f"{table.num_columns} columns in channel {folder.name}: at least {first + 1} needed"
        )
    columns = [column.to_numpy() for column in table.columns]
    weight = columns[1] if weights else None
    return xgboost.DMatrix(np.column_stack(columns[first:]), columns[0], weight=weight)


def has_files(folder: Path) -> bool:
    """Whether a channel has data."""
    return any(_data_files(folder))


def _format(content_type: str) -> str:
    kind, _, options = content_type.lower().partition(";")
    if kind.strip() not in FORMATS:
        raise UserError(
            f"{content_type} is not an accepted ContentType: {', '.join(filter(None, FORMATS))}"
        )
    size = options.partition("label_size=")[2].partition(";")[0].strip()
    if size not in ("", "1"):
        raise UserError(
            f"{content_type} is not an accepted csv ContentType. Optional parameter label_size "
            "must be equal to 1"
        )
    return FORMATS[kind.strip()]


def _data_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size and not path.name.startswith((".", "_")):
            yield path


def _read_csv(files: list[Path]) -> pa.Table:
    with files[0].open(errors="replace") as file:
        first = file.readline()
    try:
        delimiter = Sniffer().sniff(first, delimiters=",;|\t ").delimiter
    except SniffError as error:
        raise UserError(f"Could not determine delimiter on line {first[:50]}") from error
    names = [str(index) for index in range(first.count(delimiter) + 1)]
    return pa.concat_tables([_read_csv_file(path, names, delimiter) for path in files])


def _read_csv_file(path: Path, names: list[str], delimiter: str) -> pa.Table:
    try:
        return arrow_csv.read_csv(
            path,
            read_options=arrow_csv.ReadOptions(column_names=names),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.float32()), null_values=[""]
            ),
        )
    except pa.ArrowInvalid as error:
        raise UserError(
            f"Failed to load csv data with exception:\n{path.name}: {error}. The algorithm expects "
            "numbers without a header, the label first"
        ) from error


def _read_parquet(files: list[Path]) -> pa.Table:
    try:
        return pa.concat_tables([pq.ParquetFile(path).read() for path in files])
    except pa.ArrowInvalid as error:
        raise UserError(f"Failed to load parquet data with exception:\n{error}") from error


def _read_libsvm(files: list[Path]) -> Any:
    """Return a sparse matrix and the labels."""
    from sklearn.datasets import load_svmlight_file

    lines = BytesIO(b"\n".join(path.read_bytes() for path in files))
    try:
        return load_svmlight_file(lines, zero_based=True)
    except ValueError as error:
        raise UserError(
            f"Failed to load libsvm data with exception:\n{error}. For a channel of CSV, set "
            "ContentType text/csv"
        ) from error
