"""Reads the files of an input as one table; writes this instance's part of an output."""

import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline_code.runtime.csv_data import read_csv
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.parquet_data import read_parquet
from pipeline_code.runtime.schema import Schema

GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"
# More than an instance of a job has memory; UNLOAD writes smaller parts with MAXFILESIZE.
MOST_BYTES = 4 * 1024**3


@dataclass(frozen=True)
class Shards:
    """The rows of all files of an input, and the number of rows of each file by its name."""

    table: pa.Table
    rows_by_file: dict[str, int]


def read_shards(folder: Path, schema: Schema) -> Shards:
    """Read every file below `folder`, in the order of their names.

    A file is Parquet or CSV, with or without header, gzipped or not. The first bytes identify the
    format, because the parts of UNLOAD have no suffix. Raises DataError if a file does not have the
    columns of the schema, or if files have different columns.
    """
    tables = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    read = {name: _read(path, schema, source=name) for name, path in tables.items()}
    filled = {name: table for name, table in read.items() if table.num_rows}
    _check_same_columns(filled)
    empty = schema.select(schema.required).arrow().empty_table()
    table = pa.concat_tables(filled.values()) if filled else empty
    return Shards(table, {name: table.num_rows for name, table in read.items()})


def write_part(table: pa.Table, folder: Path, *, host: str) -> None:
    """Write this instance's rows to `folder/part-<host>.parquet`, even if there are no rows."""
    pq.write_table(table, folder / f"part-{host}.parquet", write_page_checksum=True)


def require_rows(shards: Shards, *, what: str, least: int = 1) -> None:
    """Raise DataError if the files together have fewer than `least` rows."""
    if shards.table.num_rows < least:
        raise DataError(
            f"{what} has {shards.table.num_rows or 'no'} rows in {len(shards.rows_by_file)} files, "
            f"at least {least} needed: check the tables and the conditions of the query"
        )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _read(path: Path, schema: Schema, *, source: str) -> pa.Table:
    content = path.read_bytes()
    if content.startswith(GZIP_MAGIC):
        content = _unzipped(content, source=source)
    if content.startswith(PARQUET_MAGIC):
        return read_parquet(content, schema, source=source)
    return read_csv(content, schema, source=source)


def _unzipped(content: bytes, *, source: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as file:
            unzipped = file.read(MOST_BYTES + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as err:
        raise DataError(f"{source}: not a whole gzip file: {err}") from err
    if len(unzipped) > MOST_BYTES:
        raise DataError(f"{source}: more than {MOST_BYTES} bytes unzipped: write smaller files")
    return unzipped


def _check_same_columns(tables: dict[str, pa.Table]) -> None:
    kinds = {tuple(table.column_names): name for name, table in tables.items()}
    if len(kinds) > 1:
        found = "; ".join(f"{name} has {', '.join(columns)}" for columns, name in kinds.items())
        raise DataError(f"the files do not hold the same columns: {found}")
