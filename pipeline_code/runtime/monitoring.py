"""Writes the inputs of a model as they are watched: CSV files that an analysis of data reads."""

from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from pipeline_code.runtime.schema import DATE, Schema


def watched(schema: Schema) -> list[str]:
    """The names of the columns whose values are compared over time, in their order.

    A date is no such column: every day has one that was never there, and that is no drift.
    """
    return [column.name for column in schema.columns if column.type != DATE]


def write_inputs(rows: pa.Table, schema: Schema, folder: Path, *, host: str) -> None:
    """Write the watched columns of `rows` as `folder/part-<host>.csv`, with a header.

    Without rows no file is written: it could not know which optional columns there are.
    """
    if rows.num_rows:
        names = [name for name in watched(schema) if name in rows.column_names]
        arrow_csv.write_csv(rows.select(names), folder / f"part-{host}.csv")
