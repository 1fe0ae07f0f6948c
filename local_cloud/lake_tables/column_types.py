"""The Arrow types of Hive types, and the values of text in these types."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa

from local_cloud.lake_tables.errors import UnsupportedTable
from local_cloud.lake_tables.glue_tables import GlueColumn, GlueTable

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


def arrow_type(column: GlueColumn, table: GlueTable) -> pa.DataType:
    """Return the Arrow type of a column. Raises UnsupportedTable, for instance for an array."""
    sized = _SIZED.fullmatch(column.type)
    kind = _TYPES.get(column.type)
    if sized and sized["word"] == "decimal":
        kind = pa.decimal128(int(sized["first"]), int(sized["second"] or 0))
    elif sized:
        kind = pa.string()
    if kind is None:
        raise UnsupportedTable(f"{table.name}: the Glue type {column.type} of column {column.name}")
    return kind


def typed(texts: Sequence[str | None], kind: pa.DataType) -> pa.Array:
    """Return the values of texts. As in Hive, a text that is not of the type becomes NULL."""
    try:
        return pa.array(texts, pa.string()).cast(kind)
    except pa.ArrowInvalid:
        return pa.array([_value(text, kind) for text in texts], kind)


def _value(text: str | None, kind: pa.DataType) -> object:
    try:
        return pa.scalar(text, pa.string()).cast(kind).as_py()
    except pa.ArrowInvalid:
        return None
