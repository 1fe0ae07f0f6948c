"""Definitions of system tables, and the temporary tables through which queries read them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyarrow as pa
from sqlglot import exp

from local_cloud.redshift import system_tables
from local_cloud.redshift.catalog import Catalog
from local_cloud.redshift.declared_types import declared_type
from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.session import Session
from local_cloud.redshift.sql.dialect import DIALECT
from local_cloud.redshift.sql.relations import parts, relations
from local_cloud.redshift.sql.staged_tables import read_staged, stage
from local_cloud.redshift.statement_errors import StatementFailed

Rows = Iterable[tuple[object, ...]]
_ARROW: dict[str, Any] = {
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float8": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us"),
}


@dataclass(frozen=True)
class SystemTable:
    """A system table: its name, its columns with their types, and the source of its rows."""

    name: str
    columns: tuple[tuple[str, RedshiftType], ...]
    rows: Callable[[Session, Catalog], Rows]


def system_table(name: str, columns: str, rows: Callable[[Session, Catalog], Rows]) -> SystemTable:
    """Define a system table. `columns` is a list of `name type`, separated by semicolons."""
    listed = (column.strip().split(" ", 1) for column in columns.split(";"))
    return SystemTable(name, tuple((column, _type(words)) for column, words in listed), rows)


def _type(words: str) -> RedshiftType:
    """Return the type with a name. The type `name` is PostgreSQL's type of identifiers."""
    words = {"name": "varchar(128)", "text": "varchar(65535)"}.get(words, words)
    return declared_type(exp.DataType.build(words, dialect=DIALECT))


@lru_cache(maxsize=1)
def tables() -> dict[str, SystemTable]:
    """Return all system tables by name."""
    modules = [
        importlib.import_module(f"{system_tables.__name__}.{module.name}")
        for module in pkgutil.iter_modules(system_tables.__path__)
    ]
    return {table.name: table for module in modules for table in getattr(module, "TABLES", ())}


def _system_name(table: exp.Table, catalog: Catalog) -> str | None:
    """Return the name of the system table, or None. A relation with this name takes precedence."""
    name = ".".join(part for part in parts(table) if part != "pg_catalog")
    if name in tables() and catalog.resolve(parts(table)) not in catalog.relations:
        return name
    return None


def load_system_tables(tree: exp.Expr, session: Session, catalog: Catalog) -> Catalog:
    """Copy each system table of a query to a temporary table, and let the query read the copy.

    Returns the catalog with the temporary tables.
    """
    named = {table: _system_name(table, catalog) for table in list(relations(tree))}
    names = sorted({name for name in named.values() if name is not None})
    for name in names:
        system = tables()[name]
        stage(session, name, _arrow(system, session, catalog), dict(system.columns))
    for table, found in named.items():
        if found is not None:
            read_staged(table, found)
    return session.catalog() if names else catalog


def refuse_system(tree: exp.Expr, catalog: Catalog, *, statement: str) -> None:
    """Raise StatementFailed if `statement`, which changes data, refers to a system table."""
    for table in relations(tree):
        if name := _system_name(table, catalog):
            raise StatementFailed(f'ERROR: {statement} cannot use the system table "{name}"')


def _arrow(system: SystemTable, session: Session, catalog: Catalog) -> Any:
    columns = list(zip(*system.rows(session, catalog), strict=True)) or [()] * len(system.columns)
    return pa.table(
        {
            name: pa.array(values, _arrow_type(of))
            for (name, of), values in zip(system.columns, columns, strict=True)
        }
    )


def _arrow_type(of: RedshiftType) -> Any:
    if of.name == "numeric":
        return pa.decimal128(of.precision, of.scale)
    return _ARROW.get(of.name, pa.string())
