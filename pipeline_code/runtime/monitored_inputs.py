"""Writes the monitored inputs of a model: CSV files that Model Monitor's analyzer reads."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import pyarrow as pa
from pyarrow import csv as arrow_csv

from pipeline_code.runtime.schema import (
    BOOLEAN,
    DATE,
    FALSE_VALUES,
    TIMESTAMP,
    TRUE_VALUES,
    ColumnType,
    Schema,
)


def monitored_columns(schema: Schema) -> list[str]:
    """Return the names of the columns whose distribution is compared over time, in their order.

    Dates and times are omitted: a new date every day is not drift.
    """
    return [column.name for column in schema.columns if column.type not in (DATE, TIMESTAMP)]


class InputsWriter:
    """Writes the monitored columns of rows as `folder/part-<host>.csv`, with a header.

    Without rows no file is written, because the optional columns are unknown.
    """

    def __init__(self, schema: Schema, folder: Path, *, host: str) -> None:
        self._names = monitored_columns(schema)
        self._path = folder / f"part-{host}.csv"
        self._writer: arrow_csv.CSVWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._writer is not None:
            self._writer.close()

    def write(self, rows: pa.Table) -> None:
        """Append rows, all of which have the same columns."""
        if not rows.num_rows:
            return
        written = rows.select([name for name in self._names if name in rows.column_names])
        if self._writer is None:
            self._writer = arrow_csv.CSVWriter(self._path, written.schema)
        self._writer.write_table(written)


def write_requests(rows: Sequence[Mapping[str, str]], schema: Schema, folder: Path) -> None:
    """Write rows of requests, text by column, as `folder/rows.csv`.

    A value has the form that `InputsWriter` writes. An invalid value is written unchanged, so that
    the analyzer finds it. A column that no row has is omitted.
    """
    sent = {name for row in rows for name in row}
    names = monitored_columns(schema)
    columns = [each for each in schema.columns if each.name in sent and each.name in names]
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in columns])
        for row in rows:
            writer.writerow([_spelled(row.get(each.name, ""), each.type) for each in columns])


def _spelled(text: str, kind: ColumnType) -> str:
    if kind == BOOLEAN:
        return "true" if text in TRUE_VALUES else "false" if text in FALSE_VALUES else text
    return text.strip()
