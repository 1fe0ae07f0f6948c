"""Reads the dataset of a job: CSV files, whose columns are named or have an index."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from .analysis_config import Config
from .analysis_error import UserError


def read_dataset(folder: Path, config: Config) -> pd.DataFrame:
    """Return the rows of all files below `folder`. Raises UserError.

    A file has no header row, unless its first row equals the `headers` of the config. Without
    headers, the columns are named column_0, column_1, and so on.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size]
    if not files:
        raise UserError("the dataset has no files with rows")
    try:
        return pd.concat([_read(path, config.get("headers")) for path in files], ignore_index=True)
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise UserError(f"the dataset cannot be read: {error}") from error


def _read(path: Path, headers: Sequence[str] | None) -> pd.DataFrame:
    with path.open(encoding="utf-8", newline="") as lines:
        first = next(csv.reader(lines))
    names = list(headers) if headers else [f"column_{index}" for index in range(len(first))]
    if len(names) != len(first):
        raise UserError(f"{path.name} has {len(first)} columns, but headers has {len(names)}")
    return pd.read_csv(path, header=None, names=names, skiprows=int(first == names))


def name_of(data: pd.DataFrame, name_or_index: str | int) -> str:
    """Return the name of a column. Raises UserError if it does not exist."""
    names = list(data.columns)
    if isinstance(name_or_index, int) and 0 <= name_or_index < len(names):
        return str(names[name_or_index])
    if name_or_index not in names:
        raise UserError(f"the dataset has no column {name_or_index!r}; it has {', '.join(names)}")
    return str(name_or_index)
