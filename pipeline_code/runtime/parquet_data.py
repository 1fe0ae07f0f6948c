"""Reads Parquet with a declared schema; an error names row and column."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline_code.runtime.arrow_memory import arrow_file
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import Schema
from pipeline_code.runtime.typed_columns import typed_table

# 4 GiB of numbers, more than an instance of a job has memory.
MOST_VALUES = 2**29
ROWS_OF_BATCH = 2**16
# Read from a file at once, instead of a whole column of a row group.
BUFFER_BYTES = 2**20
# Arrow's errors for a damaged file; Arrow raises OSError for data that cannot be decoded.
BROKEN = (pa.ArrowException, OSError, UnicodeDecodeError)


def read_parquet(content: bytes, schema: Schema, *, source: str) -> pa.Table:
    """Read the content of a Parquet file and cast its columns to the declared types.

    Raises DataError, which names source, column and row (from 1) of the first error.
    """
    file = _opened(arrow_file(content), source=source)
    _refuse_too_large(file.metadata, source=source)
    tables = list(_tables(file, schema, None, source=source))
    return pa.concat_tables(tables)


def parquet_tables(
    path: Path, schema: Schema, *, source: str, columns: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """Yield the rows of a Parquet file in batches, like `read_parquet`.

    With `columns`, only these are read.
    """
    file = _opened(path, source=source, buffer_size=BUFFER_BYTES)
    yield from _tables(file, schema, columns, source=source)


def _opened(content: Any, *, source: str, **options: Any) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(content, page_checksum_verification=True, **options)
    except BROKEN as err:
        raise _broken(err, source=source) from err


def _tables(
    file: pq.ParquetFile, schema: Schema, columns: Sequence[str] | None, *, source: str
) -> Iterator[pa.Table]:
    names = {name.lower(): name for name in file.schema_arrow.names}
    present = schema.present([name.lower() for name in file.schema_arrow.names], source=source)
    present = present if columns is None else present.select(columns)
    first_row = 1
    for batch in _batches(file, [names[name] for name in present.names], source=source):
        table = pa.Table.from_batches([batch]).rename_columns(
            [name.lower() for name in batch.schema.names]
        )
        yield typed_table(table, present, source=source, first_row=first_row)
        first_row += batch.num_rows
    if first_row == 1:
        yield present.arrow().empty_table()


def _batches(
    file: pq.ParquetFile, names: Sequence[str], *, source: str
) -> Iterator[pa.RecordBatch]:
    try:
        for batch in file.iter_batches(ROWS_OF_BATCH, columns=names):
            batch.validate(full=True)
            yield batch
    except BROKEN as err:
        raise _broken(err, source=source) from err


def _broken(err: Exception, *, source: str) -> DataError:
    return DataError(f"{source}: not a whole Parquet file: {err}")


def _refuse_too_large(metadata: pq.FileMetaData, *, source: str) -> None:
    """Raise DataError for too many values. The file may be small: repeated values need no space."""
    if metadata.num_rows * metadata.num_columns > MOST_VALUES:
        raise DataError(
            f"{source}: {metadata.num_rows} rows of {metadata.num_columns} columns, at most "
            f"{MOST_VALUES} values: write smaller files"
        )
