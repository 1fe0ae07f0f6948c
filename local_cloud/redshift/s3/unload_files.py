"""The files of an UNLOAD: divides the rows by partition, slice and size, and encodes them."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from local_cloud.redshift.result_set import csv_value
from local_cloud.redshift.s3.unload_lines import LINE, WrittenColumn, header
from local_cloud.redshift.s3.unload_options import UnloadOptions
from local_cloud.redshift.sql.queries import ShapedQuery
from local_cloud.redshift.statement_errors import StatementFailed

# The laptop's warehouse has the slices of two nodes with four slices each.
SLICES = 8
_NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class UnloadedFile:
    """An object to write: its key, its content, and its number of rows including the header."""

    key: str
    content: bytes
    rows: int


def written_columns(query: ShapedQuery, options: UnloadOptions) -> list[WrittenColumn]:
    """Return the columns of the files. Partition keys are omitted without INCLUDE."""
    removed = set() if options.include else set(_partition_positions(query, options))
    kept = [
        WrittenColumn(position, column)
        for position, column in enumerate(query.columns)
        if position not in removed
    ]
    if not kept:
        raise StatementFailed("ERROR: UNLOAD needs at least one column that is not a partition key")
    return kept


def _partition_positions(query: ShapedQuery, options: UnloadOptions) -> list[int]:
    names = [column.name for column in query.columns]
    for name in options.partition_by:
        if name not in names:
            raise StatementFailed(f'ERROR: partition column "{name}" is not in the query\'s output')
    return [names.index(name) for name in options.partition_by]


def files(
    rows: pa.Table, query: ShapedQuery, prefix: str, options: UnloadOptions
) -> Iterator[UnloadedFile]:
    """Yield the files of a result. As on AWS, no row means no file."""
    columns = written_columns(query, options)
    for folder, part in _partitions(rows, query, prefix, options):
        for stem, piece in _slices(part, options):
            for number, chunk in enumerate(_chunks(piece, columns, options)):
                name = stem.format(number) + options.suffix
                content = _encoded(chunk, columns, options)
                lines = chunk.num_rows + int(options.header)
                yield UnloadedFile(f"{folder}{name}", _packed(content, options), lines)


def _partitions(
    rows: pa.Table, query: ShapedQuery, prefix: str, options: UnloadOptions
) -> Iterator[tuple[str, pa.Table]]:
    if not options.partition_by:
        yield prefix, rows
        return
    positions_of_keys = _partition_positions(query, options)
    keys = zip(*(rows[f"c{n}"].to_pylist() for n in positions_of_keys), strict=True)
    members: dict[tuple[Any, ...], list[int]] = {}
    for position, key in enumerate(keys):
        members.setdefault(key, []).append(position)
    for key, positions in members.items():
        folders = "".join(
            f"{name}={_partition_value(value)}/"
            for name, value in zip(options.partition_by, key, strict=True)
        )
        yield f"{prefix.rstrip('/')}/{folders}", rows.take(positions)


def _partition_value(value: Any) -> str:
    return _NULL_PARTITION if value is None else quote(csv_value(value).strip(), safe=" ")


def _slices(rows: pa.Table, options: UnloadOptions) -> Iterator[tuple[str, pa.Table]]:
    """Yield the slices with rows, each with the pattern of its file names."""
    if not options.parallel:
        if rows.num_rows:
            yield "{:03d}", rows
        return
    for number in range(min(SLICES, rows.num_rows)):
        piece = rows.take(pa.array(range(number, rows.num_rows, SLICES), pa.int64()))
        yield f"{number:04d}_part_{{:02d}}", piece


def _chunks(
    rows: pa.Table, columns: list[WrittenColumn], options: UnloadOptions
) -> Iterator[pa.Table]:
    """Yield the rows in chunks whose files are not larger than MAXFILESIZE."""
    small = rows.nbytes <= options.max_file_bytes // 2 or rows.num_rows == 1
    if small or len(_encoded(rows, columns, options)) <= options.max_file_bytes:
        yield rows
    else:
        middle = rows.num_rows // 2
        yield from _chunks(rows.slice(0, middle), columns, options)
        yield from _chunks(rows.slice(middle), columns, options)


def _encoded(rows: pa.Table, columns: list[WrittenColumn], options: UnloadOptions) -> bytes:
    if options.kind == "parquet":
        kept = rows.select([column.name for column in columns])
        return _parquet(kept.rename_columns([column.column.name for column in columns]))
    lines: list[str] = rows[LINE].to_pylist()
    return (header(columns, options) + "\n".join(lines) + "\n").encode()


def _parquet(rows: pa.Table) -> bytes:
    """Encode rows as Parquet with Redshift's types: timestamps in microseconds, without a zone."""
    for position, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz:
            plain = rows.column(position).cast(pa.timestamp("us"))
            rows = rows.set_column(position, field.name, plain)
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="snappy")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _packed(content: bytes, options: UnloadOptions) -> bytes:
    if options.compression == "bz2":
        return bz2.compress(content)
    # With a fixed time, the same rows have the same bytes.
    return gzip.compress(content, compresslevel=6, mtime=0) if options.compression else content
