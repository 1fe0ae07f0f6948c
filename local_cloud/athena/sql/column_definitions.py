"""The columns of a query as columns of a new table or view."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from local_cloud.athena.errors import QueryFailed, unsupported
from local_cloud.athena.sql.result_texts import column_info

# Type of a result -> type of Trino, type of Hive.
_TYPES = {
    "boolean": ("boolean", "boolean"),
    "tinyint": ("tinyint", "tinyint"),
    "smallint": ("smallint", "smallint"),
    "integer": ("integer", "int"),
    "bigint": ("bigint", "bigint"),
    "float": ("real", "float"),
    "double": ("double", "double"),
    "varchar": ("varchar", "string"),
    "date": ("date", "date"),
    "timestamp": ("timestamp(3)", "timestamp"),
}


@dataclass(frozen=True)
class ColumnDefinition:
    """A column with its types, such as `integer` (Trino) and `int` (Hive)."""

    name: str
    trino_type: str
    hive_type: str


def definitions(names: Sequence[str], kinds: Sequence[str]) -> list[ColumnDefinition]:
    """Return the columns of a query with these names and types of DuckDB. Raises QueryFailed."""
    _check_names(names)
    return [_definition(name, kind) for name, kind in zip(names, kinds, strict=True)]


def _check_names(names: Sequence[str]) -> None:
    """Reject names in the words of Trino (StatementAnalyzer)."""
    for place, name in enumerate(names):
        if name == f"_col{place}":
            raise QueryFailed(
                f"MISSING_COLUMN_NAME: Column name not specified at position {place + 1}"
            )
    for name, count in Counter(map(str.lower, names)).items():
        if count > 1:
            raise QueryFailed(
                f"DUPLICATE_COLUMN_NAME: Column name '{name}' specified more than once"
            )


def _definition(name: str, kind: str) -> ColumnDefinition:
    info = column_info(name, kind)
    if info["Type"] == "unknown":
        raise QueryFailed(f"COLUMN_TYPE_UNKNOWN: Column type is unknown: {name}")
    if info["Type"] == "decimal":
        sized = f"decimal({info['Precision']},{info['Scale']})"
        return ColumnDefinition(name.lower(), sized, sized)
    if info["Type"] not in _TYPES:
        raise unsupported(f"a table or view with the type {info['Type']} of column {name}")
    return ColumnDefinition(name.lower(), *_TYPES[info["Type"]])
