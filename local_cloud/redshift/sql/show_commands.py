"""SHOW: databases, schemas, tables, columns and configuration parameters.

Sources: pages "SHOW", "SHOW DATABASES", "SHOW SCHEMAS", "SHOW TABLES" and "SHOW COLUMNS".
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
from sqlglot import exp

from local_cloud.redshift import session_parameters
from local_cloud.redshift.redshift_types import CATALOG_VARCHAR
from local_cloud.redshift.result_set import ResultColumn, ResultSet
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.sql.queries import select
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import refused

# Shown objects -> the words before the name of their container, and the parts of this name.
_HOLDERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "databases": ((), ()),
    "schemas": (("FROM", "DATABASE"), ("database_name",)),
    "tables": (("FROM", "SCHEMA"), ("database_name", "schema_name")),
    "columns": (("FROM", "TABLE"), ("database_name", "schema_name", "table_name")),
}

_NOT_CARRIED_OUT = ("datashares", "external", "grants", "procedure", "table", "view")


def show(session: Session, reader: Reader) -> StatementOutcome:
    """Run SHOW objects FROM container [LIKE 'pattern'] [LIMIT n], or SHOW {parameter | ALL}."""
    reader.expect("SHOW")
    what = reader.name()
    if what in _NOT_CARRIED_OUT:
        raise refused(f"SHOW {what.upper()}")
    if what in _HOLDERS:
        return _objects(session, reader, what)
    reader.end()
    if what == "all":
        return _parameters(session.parameters)
    return _rows({what: [session_parameters.value_of(session.parameters, what)]})


def _objects(session: Session, reader: Reader, what: str) -> StatementOutcome:
    words, parts = _HOLDERS[what]
    reader.expect(*words)
    holder = reader.qualified_name() if parts else ()
    # The name of a schema may be written without the database.
    query = exp.select("*").from_(exp.table_(f"show {what}", quoted=True))
    for part, name in zip(reversed(parts), reversed(holder), strict=False):
        query = query.where(exp.column(part).eq(name))
    if reader.accept("LIKE"):
        query = query.where(exp.column(f"{what[:-1]}_name").like(reader.text()))
    if reader.accept("LIMIT"):
        query = query.limit(reader.number())
    reader.end()
    return select(session, query, {})


def _parameters(values: Mapping[str, str]) -> StatementOutcome:
    names = sorted(values)
    return _rows({"name": names, "setting": [values[name] for name in names]})


def _rows(columns: dict[str, list[str]]) -> StatementOutcome:
    described = tuple(ResultColumn(name, CATALOG_VARCHAR) for name in columns)
    rows = pa.table(columns)
    return StatementOutcome(rows.num_rows, ResultSet(described, rows))
