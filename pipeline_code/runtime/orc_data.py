"""Reads ORC with a declared schema; an error names row and column."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import orc

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.parquet_data import BROKEN
from pipeline_code.runtime.schema import Schema
from pipeline_code.runtime.typed_columns import typed_table


def orc_tables(
    path: Path, schema: Schema, *, source: str, columns: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """Yield the rows of an ORC file by stripe, cast to the declared types.

    With `columns`, only these are read. Raises DataError like `read_parquet`.
    """
    try:
        file = orc.ORCFile(path)
        names = {name.lower(): name for name in file.schema.names}
        present = schema.present([name.lower() for name in file.schema.names], source=source)
        present = present if columns is None else present.select(columns)
        first_row = 1
        for number in range(file.nstripes):
            batch = file.read_stripe(number, columns=[names[name] for name in present.names])
            table = pa.Table.from_batches([batch]).select([names[n] for n in present.names])
            table = table.rename_columns(present.names)
            yield typed_table(table, present, source=source, first_row=first_row)
            first_row += batch.num_rows
    except BROKEN as err:
        raise DataError(f"{source}: not a whole ORC file: {err}") from err
    if first_row == 1:
        yield present.arrow().empty_table()
