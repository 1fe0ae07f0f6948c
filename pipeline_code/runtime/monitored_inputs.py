"""Writes the monitored inputs of a model: CSV files that Model Monitor's analyzer reads."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

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


def write_inputs(rows: pa.Table, schema: Schema, folder: Path, *, host: str) -> None:
    """Write the monitored columns of `rows` as `folder/part-<host>.csv`, with a header.

    Without rows no file is written, because the optional columns are unknown.
    """
    if rows.num_rows:
        names = [name for name in monitored_columns(schema) if name in rows.column_names]
        arrow_csv.write_csv(rows.select(names), folder / f"part-{host}.csv")


def write_requests(rows: Sequence[Mapping[str, str]], schema: Schema, folder: Path) -> None:
    """Write rows of requests, text by column, as `folder/rows.csv`.

    A value has the form that `write_inputs` writes. An invalid value is written unchanged, so that
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
