"""SQL that fills a table with rows of its types and statistics, for the laptop cloud.

The values of a row depend on its number only, so the rows are always the same. All columns of a row
share a part of their position in their range, so a model can learn one column from the others.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from warehouse.described.reading import quoted
from warehouse.described.statistics import ColumnStatistics, TableStatistics
from warehouse.query_columns import Table
from warehouse.query_types import ColumnType, Types

MOST_ROWS = 1_000
# The part of the position of a value that all columns of a row share.
SHARED = 0.8
# Of tables and columns that were not measured.
_UNKNOWN = ColumnStatistics(missing=0.0)
_USUAL_RANGE, _USUAL_YEARS, _USUAL_DISTINCT = (0.0, 100.0), (2020, 2025), 20
# Multiples of a number modulo a prime look random.
_PRIME, _FIRST_FACTOR = 1_009, 389
_DIGITS = "SELECT 0 AS d UNION ALL " + " UNION ALL ".join(f"SELECT {d}" for d in range(1, 10))
_NUMBERS = (
    f"(SELECT a.d + 10 * b.d + 100 * c.d AS n FROM ({_DIGITS}) a CROSS JOIN ({_DIGITS}) b "
    f"CROSS JOIN ({_DIGITS}) c)"
)


def fill_statements(
    tables: Mapping[Table, Types], statistics: Mapping[str, TableStatistics]
) -> list[str]:
    """Return a statement for each measured table, which fills the table if it is empty."""
    return [
        _filled(table, columns, statistics[".".join(table)])
        for table, columns in tables.items()
        if ".".join(table) in statistics
    ]


def _filled(table: Table, columns: Types, measured: TableStatistics) -> str:
    rows, name = min(measured.rows, MOST_ROWS), ".".join(map(quoted, table))
    values = {
        column: _value(number, each, measured.columns.get(column, _UNKNOWN), measured.rows)
        for number, (column, each) in enumerate(columns.items(), start=1)
        if each.is_plain
    }
    return (
        f"INSERT INTO {name} ({', '.join(map(quoted, values))}) "
        f"SELECT {', '.join(values.values())} FROM {_NUMBERS} r "
        f"WHERE n < {rows} AND NOT EXISTS (SELECT 1 FROM {name})"
    )


def _value(number: int, column: ColumnType, measured: ColumnStatistics, rows: int) -> str:
    """Return the value of a column in row n."""
    value = f"CAST({_expression(number, column, measured, rows)} AS {column.sql})"
    if column.required or not measured.missing:
        return value
    return f"CASE WHEN {_random(number + 500)} >= {measured.missing} THEN {value} END"


def _expression(number: int, column: ColumnType, measured: ColumnStatistics, rows: int) -> str:
    kind = column.tree
    place = f"({SHARED} * {_random(0)} + {1 - SHARED:.1f} * {_random(number)})"
    if kind.is_type("boolean"):
        return f"({place} >= 0.5)"
    if kind.is_type("date", "timestamp", "timestamptz"):
        first, last = measured.least or _USUAL_YEARS[0], measured.most or _USUAL_YEARS[1]
        days = int((last - first + 1) * 365)
        return f"DATEADD(day, CAST({place} * {days} AS INTEGER), DATE '{int(first)}-01-01')"
    if measured.distinct == rows and rows:
        return "n + 1"
    if kind.is_type(*exp.DataType.NUMERIC_TYPES):
        return _number(kind, place, measured)
    category = f"FLOOR({place} * {measured.distinct or _USUAL_DISTINCT})"
    return f"LEFT('v' || CAST(CAST({category} AS INTEGER) AS VARCHAR), {_length(kind)})"


def _number(kind: exp.DataType, place: str, measured: ColumnStatistics) -> str:
    least, most = measured.least, measured.most
    if least is None or most is None:
        least, most = _USUAL_RANGE
    value = f"{least} + {place} * {most - least}"
    if kind.is_type(*exp.DataType.INTEGER_TYPES):
        # The end of a range is rounded, and no value of a narrow type may exceed it.
        return f"FLOOR({value})"
    return f"ROUND({value}, 2)"


def _random(number: int) -> str:
    """Return a number from 0 to 1 that seems to be random, and differs between columns."""
    factor = _FIRST_FACTOR + 37 * number
    return f"(MOD(n * {factor} + {number}, {_PRIME}) / {_PRIME}.0)"


def _length(kind: exp.DataType) -> int:
    (*_, length) = [each.this.this for each in kind.expressions] or [256]
    return int(length) if str(length).isdigit() else 256
