"""Writes the inputs of a model as they are watched: CSV files that an analysis of data reads."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from pipeline_code.runtime.schema import (
    BOOLEAN,
    DATE,
    FALSE_VALUES,
    TRUE_VALUES,
    ColumnType,
    Schema,
)


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


def write_sent(rows: Sequence[Mapping[str, str]], schema: Schema, folder: Path) -> None:
    """Write rows as they were sent, text by column, as `folder/rows.csv` like `write_inputs`.

    A value is spelled as `write_inputs` would spell it, or left as it is where it is no value of
    its column: the analysis shall find that. A column that no row has is left out.
    """
    sent = {name for row in rows for name in row}
    columns = [each for each in schema.columns if each.name in sent and each.type != DATE]
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in columns])
        for row in rows:
            writer.writerow([_spelled(row.get(each.name, ""), each.type) for each in columns])


def _spelled(text: str, kind: ColumnType) -> str:
    if kind == BOOLEAN:
        return "true" if text in TRUE_VALUES else "false" if text in FALSE_VALUES else text
    return text.strip()
