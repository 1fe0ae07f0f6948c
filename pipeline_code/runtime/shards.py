"""Reads the files of an input as one table; writes this instance's part of an output."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import Schema
from pipeline_code.runtime.shard_files import shard_files

# More than an instance of a job has memory.
MOST_BYTES = 4 * 1024**3


class TooManyRows(DataError):
    """The rows of an input do not fit in memory."""


@dataclass(frozen=True)
class Shards:
    """The rows of all files of an input, and the number of rows of each file by its name."""

    table: pa.Table
    rows_by_file: dict[str, int]


def read_shards(folder: Path, schema: Schema) -> Shards:
    """Read every file below `folder`, in the order of their names, in a format of `shard_files`.

    Raises DataError if a file does not have the columns of the schema, or if files have different
    columns; TooManyRows for more rows than fit in memory.
    """
    read: dict[str, pa.Table] = {}
    free = MOST_BYTES
    for file in shard_files(folder, schema):
        tables = []
        for table in file.tables():
            free -= table.nbytes
            if free < 0:
                raise TooManyRows(
                    f"{file.name}: more than {MOST_BYTES} bytes in memory with the files before: "
                    "preprocess uses rows in batches (`Preparation.batches`); training uses trees "
                    "of XGBoost (`fit_trees`, census/train.py), an estimator with partial_fit, or "
                    "Redshift ML; evaluation needs a smaller share of test rows"
                )
            tables.append(table)
        read[file.name] = pa.concat_tables(tables)
    filled = {name: table for name, table in read.items() if table.num_rows}
    check_same_columns({name: table.column_names for name, table in filled.items()})
    empty = schema.select(schema.required).arrow().empty_table()
    table = pa.concat_tables(filled.values()) if filled else empty
    return Shards(table, {name: table.num_rows for name, table in read.items()})


def write_part(table: pa.Table, folder: Path, *, host: str) -> None:
    """Write this instance's rows to `folder/part-<host>.parquet`, even if there are no rows."""
    with part_writer(table.schema, folder, host=host) as writer:
        writer.write_table(table)


def part_writer(schema: pa.Schema, folder: Path, *, host: str) -> pq.ParquetWriter:
    """A writer of `folder/part-<host>.parquet`."""
    return pq.ParquetWriter(folder / f"part-{host}.parquet", schema, write_page_checksum=True)


def require_rows(shards: Shards, *, what: str, least: int = 1) -> None:
    """Raise DataError if the files together have fewer than `least` rows."""
    require_count(shards.table.num_rows, files=len(shards.rows_by_file), what=what, least=least)


def require_count(rows: int, *, files: int, what: str, least: int = 1) -> None:
    """Raise DataError if there are fewer than `least` rows."""
    if rows < least:
        raise DataError(
            f"{what} has {rows or 'no'} rows in {files} files, at least {least} needed: check the "
            "tables and the conditions of the query"
        )


def check_same_columns(columns: dict[str, list[str]]) -> None:
    """Raise DataError if files, by name, have different columns."""
    kinds = {tuple(names): name for name, names in columns.items()}
    if len(kinds) > 1:
        found = "; ".join(f"{name} has {', '.join(columns)}" for columns, name in kinds.items())
        raise DataError(f"the files do not hold the same columns: {found}")
