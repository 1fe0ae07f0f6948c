"""The types and the texts of a result, as Athena writes them to its CSV file."""

from __future__ import annotations

import math
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from local_cloud.athena.errors import unsupported

_TYPES = {
    "BOOLEAN": "boolean",
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    # DuckDB's sum of integers. Trino's is a bigint.
    "HUGEINT": "bigint",
    "FLOAT": "float",
    "DOUBLE": "double",
    "VARCHAR": "varchar",
    "BLOB": "varbinary",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    '"NULL"': "unknown",
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_BIGINT = 2**63


def column_info(name: str, kind: str) -> dict[str, Any]:
    """Return the ColumnInfo of GetQueryResults for a type of DuckDB."""
    sized = _DECIMAL.fullmatch(kind)
    athena_type = "decimal" if sized else _nested(kind) or _TYPES.get(kind)
    if athena_type is None:
        raise unsupported(f"the type {kind} of the column {name}")
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": athena_type,
        "Precision": int(sized[1]) if sized else _precision(athena_type),
        "Scale": int(sized[2]) if sized else 0,
        "Nullable": "UNKNOWN",
        "CaseSensitive": athena_type == "varchar",
    }


def text_of(value: Any) -> str | None:
    """Return the text of a value; None for NULL."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if not -_BIGINT <= value < _BIGINT:
            raise unsupported(f"the bigint {value}, which is out of range,")
        return str(value)
    if isinstance(value, float):
        return _double(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        zone = " UTC" if value.tzinfo else ""
        return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03d}{zone}"
    if isinstance(value, bytes):
        return " ".join(f"{byte:02x}" for byte in value)
    if isinstance(value, list):
        return "[" + ", ".join(_inner(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_inner(item)}" for key, item in value.items()) + "}"
    return str(value)


def _inner(value: Any) -> str:
    return text_of(value) or ("null" if value is None else "")


def _nested(kind: str) -> str | None:
    if kind.endswith("[]"):
        return "array"
    return next((name for start, name in _NESTED.items() if kind.startswith(start)), None)


_NESTED = {"STRUCT(": "row", "MAP(": "map"}


def _precision(athena_type: str) -> int:
    return {
        "boolean": 0,
        "tinyint": 3,
        "smallint": 5,
        "integer": 10,
        "bigint": 19,
        "float": 17,
        "double": 17,
        "varchar": 2147483647,
        "timestamp": 3,
    }.get(athena_type, 0)


def _double(value: float) -> str:
    """Return the text of a double in Java, in which Trino is written."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        plain = f"{Decimal(repr(value)):f}"
        return plain if "." in plain else f"{plain}.0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    written = "".join(map(str, digits))
    power = len(written) - 1 + int(exponent)
    return f"{'-' if sign else ''}{written[0]}.{written[1:] or '0'}E{power}"
