"""Reads the rows of an external table from the objects under its location."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from local_cloud.redshift.s3.s3_access import location, objects, s3_errors
from local_cloud.redshift.spectrum.glue_tables import PARQUET, GlueColumn, GlueTable
from local_cloud.redshift.statement_errors import StatementFailed, refused

_TYPES = {
    "string": pa.string(),
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
_SIZED = re.compile(r"(?P<word>char|varchar|decimal)\((?P<first>\d+)(,\s*(?P<second>\d+))?\)")
# Hive skips objects with these prefixes: they are markers of jobs, not data.
_HIDDEN = ("_", ".")


def rows_of(client: Any, table: GlueTable) -> pa.Table:
    """Return all rows of the table; no row if there is no object under its location."""
    schema = pa.schema([(column.name, _arrow(column, table)) for column in table.columns])
    read = _parquet if table.serde == PARQUET else _open_csv
    parts = [read(uri, content, table, schema) for uri, content in _objects(client, table)]
    return pa.concat_tables([schema.empty_table(), *parts])


def declared(column: GlueColumn) -> str:
    """Return the Redshift type of a column. `string` is the VARCHAR of maximum length."""
    return {"string": "VARCHAR(65535)", "double": "DOUBLE PRECISION", "tinyint": "SMALLINT"}.get(
        column.type, column.type.upper()
    )


def _arrow(column: GlueColumn, table: GlueTable) -> pa.DataType:
    sized = _SIZED.fullmatch(column.type)
    kind = _TYPES.get(column.type)
    if sized and sized["word"] == "decimal":
        kind = pa.decimal128(int(sized["first"]), int(sized["second"] or 0))
    elif sized:
        kind = pa.string()
    if kind is None:
        raise refused(f"{table.name}: the Glue type {column.type} of column {column.name}")
    if table.serde != PARQUET and not pa.types.is_string(kind):
        raise refused(
            f"{table.name}: the type {column.type} of column {column.name} with OpenCSVSerde: "
            "declare it string and cast it in the query"
        )
    return kind


def _objects(client: Any, table: GlueTable) -> Iterator[tuple[str, bytes]]:
    bucket, prefix = location(table.location)
    folder = prefix if prefix.endswith("/") or not prefix else f"{prefix}/"
    for key in objects(client, bucket, folder):
        if key.endswith("/") or key.rpartition("/")[2].startswith(_HIDDEN):
            continue
        with s3_errors(bucket):
            content: bytes = client.get_object(Bucket=bucket, Key=key)["Body"].read()
        uri = f"s3://{bucket}/{key}"
        yield uri, _unzipped(uri, content) if key.endswith(".gz") else content


def _unzipped(uri: str, content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError) as error:
        raise StatementFailed(
            f"ERROR: Spectrum Scan Error: {uri} is not a GZIP file: {error}"
        ) from error


def _open_csv(uri: str, content: bytes, table: GlueTable, schema: pa.Schema) -> pa.Table:
    """Read text of OpenCSVSerde. Missing fields of a line are NULL; extra fields are ignored."""
    try:
        lines = content.decode().splitlines()[table.header_lines :]
    except UnicodeDecodeError as error:
        raise StatementFailed(f"ERROR: Spectrum Scan Error: {uri} is not UTF-8: {error}") from error
    reader = csv.reader(
        io.StringIO("\n".join(lines)),
        delimiter=table.settings.get("separatorChar", ","),
        quotechar=table.settings.get("quoteChar", '"'),
        escapechar=table.settings.get("escapeChar", "\\"),
    )
    records = list(reader)
    if len(records) != len(lines):
        raise refused(f"{uri}: a line break inside quotes, where OpenCSVSerde ends the row")
    width = len(schema)
    padded = [record[:width] + [None] * (width - len(record)) for record in records]
    columns = zip(*padded, strict=True) if padded else [()] * width
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=schema)


def _parquet(uri: str, content: bytes, table: GlueTable, schema: pa.Schema) -> pa.Table:
    """Read Parquet. Columns are matched by name; a column that the file does not have is NULL."""
    try:
        found = pq.read_table(pa.BufferReader(content))
        found = found.rename_columns([name.lower() for name in found.column_names])
        columns = [
            found[field.name].cast(field.type)
            if field.name in found.column_names
            else pa.nulls(found.num_rows, field.type)
            for field in schema
        ]
    except pa.ArrowInvalid as error:
        raise StatementFailed(
            f"ERROR: Spectrum Scan Error: {uri} lacks columns of {table.name}: {error}"
        ) from error
    return pa.table(columns, schema=schema)
