"""Reads a dataset as text columns. The analysis infers the types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv as arrow_csv

from .analysis_error import UserError


def read_table(folder: Path, *, header: bool | None) -> pa.Table:
    """Return the rows of all files below `folder`. All columns are text. Missing values are null.

    CSV without a header has the columns _c0, _c1, and so on. Raises UserError if a file cannot be
    read, if its columns differ from those of the first file, or if there are no rows.
    """
    files = [path for path in sorted(folder.rglob("*")) if _holds_data(path)]
    tables = [_read(path, header) for path in files]
    for path, table in zip(files, tables, strict=True):
        if table.column_names != tables[0].column_names:
            raise UserError(
                f"{path.name} has the columns {', '.join(table.column_names)}, {files[0].name} has "
                f"{', '.join(tables[0].column_names)}"
            )
    if not sum(table.num_rows for table in tables):
        raise UserError(f"no rows in {len(files)} files of the dataset_source")
    return pa.concat_tables(tables)


def _holds_data(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0 and not path.name.startswith((".", "_"))


def _read(path: Path, header: bool | None) -> pa.Table:
    try:
        return _read_json(path) if header is None else _read_csv(path, header=header)
    except (pa.ArrowInvalid, ValueError) as error:
        raise UserError(f"{path.name} cannot be read: {error}") from error


def _read_csv(path: Path, *, header: bool) -> pa.Table:
    names = _names(path, header=header)
    return arrow_csv.read_csv(
        path,
        read_options=arrow_csv.ReadOptions(
            column_names=names, skip_rows_after_names=1 if header else 0
        ),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def _names(path: Path, *, header: bool) -> list[str]:
    options = arrow_csv.ReadOptions(autogenerate_column_names=not header)
    with arrow_csv.open_csv(path, read_options=options) as opened:
        names = opened.schema.names
    return names if header else [f"_c{number}" for number in range(len(names))]


def _read_json(path: Path) -> pa.Table:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in names]
    return pa.table(columns, names=names)


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
