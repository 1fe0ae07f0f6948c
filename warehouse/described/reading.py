"""Reads the description of tables from the system tables and with one query of each table.

Sources: pages "SVV_COLUMNS", "SVV_RELATION_PRIVILEGES" and "SVV_COLUMN_PRIVILEGES" of the Developer
Guide.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from sqlglot import exp
from sqlglot.dialects import Redshift
from sqlglot.errors import SqlglotError

from warehouse import WarehouseError
from warehouse.described.statistics import (
    LEAST_VALUES,
    ColumnStatistics,
    TableStatistics,
    rounded,
    wide_range,
)
from warehouse.query_columns import DIALECT, Table
from warehouse.query_types import ColumnType, Types

# Runs a query and returns its rows.
Run = Callable[[str], Sequence[Sequence[Any]]]
_NAME = re.compile(r"[\w$]+\.([\w$]+|\*)")
# The most columns of one query. A query has at most 1,600 results, four of each column.
_COLUMNS = 300


class DescriptionError(WarehouseError):
    """The tables cannot be described; the message says why."""


def read_types(run: Run, wanted: Sequence[str]) -> dict[Table, Types]:
    """Return the columns of the wanted tables: `schema.table`, or `schema.*` for all.

    Raises:
        DescriptionError: a name has another form, or the warehouse has no such table.
    """
    found: dict[Table, dict[str, ColumnType]] = {}
    for name in wanted:
        if not _NAME.fullmatch(name):
            raise DescriptionError(
                f"the table is {name!r}: allowed is schema.table, or schema.* for all tables"
            )
        schema, table = name.split(".")
        only = "" if table == "*" else f" AND table_name = '{table}'"
        rows = run(
            "SELECT table_name, column_name, data_type, character_maximum_length, "
            "numeric_precision, numeric_scale, is_nullable FROM svv_columns "
            f"WHERE table_schema = '{schema}'{only} ORDER BY table_name, ordinal_position"
        )
        if not rows:
            raise DescriptionError(
                f"the warehouse has no table {name}, or the user may not see it: correct the name"
            )
        for of, column, *facts, nullable in rows:
            declared = ColumnType(_declared(*facts), required=nullable == "NO")
            found.setdefault((schema, of), {})[column] = declared
    return dict(sorted(found.items()))


def read_statistics(
    run: Run, table: Table, columns: Types, *, personal: Collection[str]
) -> TableStatistics:
    """Return the statistics of a table; of `personal` columns, only the share of missing values."""
    names = list(columns)
    rows, found = 0, {}
    for first in range(0, len(names), _COLUMNS):
        part = {name: columns[name] for name in names[first : first + _COLUMNS]}
        asked = {
            name: _measures(name, each, is_personal=name in personal) for name, each in part.items()
        }
        measures = [each for every in asked.values() for each in every]
        ((rows, *values),) = run(
            f"SELECT {', '.join(['COUNT(*)', *measures])} FROM {'.'.join(map(quoted, table))}"
        )
        left = iter(values)
        for name, every in asked.items():
            found[name] = _column(rows, [next(left) for _ in every])
    return TableStatistics(rows=rounded(rows), grants=_grants(run, table), columns=found)


def create_statement(table: Table, columns: Types) -> str:
    """Return the statement that creates an empty table of the same form."""
    lines = [
        f"  {quoted(name)} {each.sql}{' NOT NULL' if each.required else ''}"
        for name, each in columns.items()
    ]
    return f"CREATE TABLE {'.'.join(map(quoted, table))} (\n" + ",\n".join(lines) + "\n);"


def quoted(name: str) -> str:
    """Return a name for SQL, quoted if it must be."""
    is_plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name)
    reserved = name in Redshift.Generator.RESERVED_KEYWORDS
    return name if is_plain and not reserved else '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    """Return a text for SQL. A backslash is an escape character of Redshift."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _declared(kind: str, length: Any, precision: Any, scale: Any) -> str:
    if kind.startswith("character") and length:
        kind = f"{kind}({length})"
    elif kind in ("numeric", "decimal") and precision:
        kind = f"{kind}({precision},{scale})"
    try:
        return exp.DataType.build(kind, dialect=DIALECT).sql(DIALECT)
    except SqlglotError:
        return kind.upper()


def _measures(name: str, column: ColumnType, *, is_personal: bool) -> list[str]:
    """Return the expressions about a column: values, distinct values, least and most."""
    value = quoted(name)
    kind = column.tree
    if is_personal:
        return [f"COUNT({value})"]
    measures = [f"COUNT({value})", f"COUNT(DISTINCT {value})"]
    if kind.is_type(*exp.DataType.NUMERIC_TYPES):
        return [*measures, *(f"{each}({value})::FLOAT8" for each in ("MIN", "MAX"))]
    if kind.is_type("date", "timestamp", "timestamptz"):
        return [*measures, *(f"{each}(EXTRACT(year FROM {value}))" for each in ("MIN", "MAX"))]
    return measures


def _column(rows: int, measured: Sequence[Any]) -> ColumnStatistics:
    known, *more = measured
    missing = round(1 - known / rows, 2) if rows else 0.0
    distinct = rounded(int(more[0])) if more else None
    ends = more[1:]
    # NaN and Infinity of a float are not ends.
    if known < LEAST_VALUES or not ends or not all(math.isfinite(float(each)) for each in ends):
        return ColumnStatistics(missing=missing, distinct=distinct)
    least, most = wide_range(float(ends[0]), float(ends[1]))
    return ColumnStatistics(missing=missing, distinct=distinct, least=least, most=most)


def _grants(run: Run, table: Table) -> list[str]:
    """Return the privileges of roles and groups. Users may be people, so they are counted."""
    schema, name = map(_literal, table)
    where = f"WHERE namespace_name = {schema} AND relation_name = {name}"
    whole = run(
        "SELECT privilege_type, identity_type, identity_name FROM svv_relation_privileges " + where
    )
    of_columns = run(
        "SELECT privilege_type || ' (' || column_name || ')', identity_type, identity_name "
        f"FROM svv_column_privileges {where}"
    )
    return sorted(_described([*whole, *of_columns]))


def _described(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    users: Counter[str] = Counter()
    for privilege, kind, name in rows:
        if kind == "user":
            users[privilege] += 1
        else:
            yield f"{privilege} to {name if kind == 'public' else f'{kind} {name}'}"
    for privilege, number in users.items():
        yield f"{privilege} to {number} user{'s' if number > 1 else ''}"
