"""Reads the rows of a table from the objects under its location, or those of its partitions."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as pq

from local_cloud.lake_tables.column_types import arrow_type, typed
from local_cloud.lake_tables.errors import UnreadableTable, UnsupportedTable
from local_cloud.lake_tables.glue_tables import OPEN_CSV, ORC, PARQUET, GlueTable
from local_cloud.lake_tables.partition_paths import NULL_VALUE
from local_cloud.lake_tables.text_formats import records

# Returns the URI and the bytes of each object under a location (s3://bucket/prefix).
ReadObjects = Callable[[str], Iterable[tuple[str, bytes]]]
# Hive skips objects with these prefixes: they are markers of jobs, not data.
_HIDDEN = ("_", ".")


@dataclass(frozen=True)
class Partition:
    """A partition: its location, and the values of the partition keys as texts."""

    location: str
    values: tuple[str, ...] = ()


def rows_of(
    table: GlueTable, read_objects: ReadObjects, partitions: Sequence[Partition] | None = None
) -> pa.Table:
    """Return all rows of the table; no row if there is no object.

    `partitions` are those of a table with partition keys, whose values are columns of the rows.
    """
    schema = pa.schema([(column.name, arrow_type(column, table)) for column in table.columns])
    keys = [pa.field(key.name, arrow_type(key, table)) for key in table.partition_keys]
    _check_text(table, schema)
    empty = pa.schema([*schema, *keys]).empty_table()
    if partitions is None:
        partitions = [Partition(table.location)]
    parts = [
        _with_keys(_read(uri, content, table, schema), keys, partition)
        for partition in partitions
        for uri, content in _visible(read_objects(_folder(partition.location)))
    ]
    return pa.concat_tables([empty, *parts])


def _check_text(table: GlueTable, schema: pa.Schema) -> None:
    if table.serde != OPEN_CSV:
        return
    for column, field in zip(table.columns, schema, strict=True):
        if not pa.types.is_string(field.type):
            raise UnsupportedTable(
                f"{table.name}: the type {column.type} of column {column.name} with OpenCSVSerde: "
                "declare it string and cast it in the query"
            )


def _folder(location: str) -> str:
    bucket, _, prefix = location.partition("://")[2].partition("/")
    return location if location.endswith("/") or not prefix else f"{location}/"


def _visible(found: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for uri, content in found:
        if not is_hidden(uri):
            yield uri, _unzipped(uri, content) if uri.endswith(".gz") else content


def is_hidden(uri: str) -> bool:
    """Return whether an object has no rows: a marker of a folder or of a job."""
    return uri.endswith("/") or uri.rpartition("/")[2].startswith(_HIDDEN)


def _with_keys(rows: pa.Table, keys: Sequence[pa.Field], partition: Partition) -> pa.Table:
    for key, value in zip(keys, partition.values, strict=True):
        text = None if value == NULL_VALUE else value
        rows = rows.append_column(key, typed([text] * rows.num_rows, key.type))
    return rows


def _unzipped(uri: str, content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError) as error:
        raise UnreadableTable(f"{uri} is not a GZIP file: {error}") from error


def _read(uri: str, content: bytes, table: GlueTable, schema: pa.Schema) -> pa.Table:
    if table.serde == PARQUET:
        return _parquet(uri, content, table, schema)
    if table.serde == ORC:
        return _orc(uri, content, table, schema)
    return _text(uri, content, table, schema)


def _text(uri: str, content: bytes, table: GlueTable, schema: pa.Schema) -> pa.Table:
    """Read lines of text. Missing fields of a line are NULL; extra fields are ignored."""
    found = records(uri, content, table)
    columns = zip(*found, strict=True) if found else [()] * len(schema)
    arrays = [typed(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def _parquet(uri: str, content: bytes, table: GlueTable, schema: pa.Schema) -> pa.Table:
    """Read Parquet. Columns are matched by name."""
    try:
        found = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(uri, table, error) from error
    return _matched(uri, found, table, schema)


def _orc(uri: str, content: bytes, table: GlueTable, schema: pa.Schema) -> pa.Table:
    """Read ORC. Columns are matched by their place unless orc.column.index.access is false.

    https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html
    """
    try:
        found = orc.ORCFile(pa.BufferReader(content)).read()
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(uri, table, error) from error
    if table.settings.get("orc.column.index.access", "true").lower() != "false":
        found = found.select(range(min(found.num_columns, len(schema))))
        found = found.rename_columns(schema.names[: found.num_columns])
    return _matched(uri, found, table, schema)


def _matched(uri: str, found: pa.Table, table: GlueTable, schema: pa.Schema) -> pa.Table:
    """Return the columns of the table; a column that the file does not have is NULL."""
    try:
        found = found.rename_columns([name.lower() for name in found.column_names])
        columns = [
            # Trino reads times in nanoseconds, with less precision.
            found[field.name].cast(field.type, safe=not pa.types.is_timestamp(field.type))
            if field.name in found.column_names
            else pa.nulls(found.num_rows, field.type)
            for field in schema
        ]
    except (pa.ArrowException, KeyError) as error:
        raise _unreadable(uri, table, error) from error
    return pa.table(columns, schema=schema)


def _unreadable(uri: str, table: GlueTable, error: Exception) -> UnreadableTable:
    return UnreadableTable(f"{uri} cannot be read as the table {table.name}: {error}")
