"""The system tables and views that a database shows: pg_user, svv_columns, stl_load_errors, …"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlglot import exp

from local_cloud.redshift.catalog import Catalog
from local_cloud.redshift.s3.load_errors import STL_COLUMNS
from local_cloud.redshift.sql.relations import parts, relations

if TYPE_CHECKING:
    from local_cloud.redshift.session import Session

_Rows = Iterable[tuple[object, ...]]
_Source = Callable[["Session", Catalog], _Rows]


def _users(session: Session, _: Catalog) -> _Rows:
    for number, user in enumerate(session.access.users.values(), start=100):
        yield user.name, number, user.superuser, user.superuser, "********"


def _groups(session: Session, _: Catalog) -> _Rows:
    names = list(session.access.users)
    for number, group in enumerate(sorted(session.access.groups), start=100):
        members = [n for n, u in session.access.users.items() if group in u.groups]
        yield group, number, "{" + ",".join(str(100 + names.index(m)) for m in members) + "}"


def _tables(session: Session, catalog: Catalog) -> _Rows:
    for relation in catalog.relations:
        kind = "VIEW" if relation in catalog.views else "BASE TABLE"
        yield session.database, *relation, kind


def _columns(session: Session, catalog: Catalog) -> _Rows:
    for (schema, table), columns in catalog.relations.items():
        for position, column in enumerate(columns, start=1):
            nullable = "YES" if column.nullable else "NO"
            words = column.type.declaration
            yield session.database, schema, table, column.name, position, nullable, words


def _definitions(session: Session, catalog: Catalog) -> _Rows:
    for (schema, table), columns in catalog.relations.items():
        if (schema, table) not in catalog.views and schema in session.search_path:
            for column in columns:
                yield schema, table, column.name, column.type.declaration, not column.nullable


def _load_errors(session: Session, _: Catalog) -> _Rows:
    for row in session.warehouse.load_errors.rows(session.database):
        e = row.error
        key = (100, 0, 0, row.at, row.query, row.query)
        position = (e.file, e.line, e.column, e.type, e.width, 0)
        yield *key, *position, e.raw_line, e.value, e.code, e.reason


def _load_error_details(session: Session, _: Catalog) -> _Rows:
    for row in session.warehouse.load_errors.rows(session.database):
        e = row.error
        position = (session.database, row.table, row.at, e.file, e.line, e.column, e.type)
        yield 100, row.query, *position, e.width, 0, e.code, e.reason


_TABLE_NAMES = ("table_catalog", "table_schema", "table_name", "table_type")
_COLUMN_NAMES = (
    *("table_catalog", "table_schema", "table_name", "column_name"),
    *("ordinal_position", "is_nullable", "data_type"),
)
_DETAIL_NAMES = (
    *("user_id", "query_id", "database_name", "table_name", "start_time", "file_name"),
    *("line_number", "column_name", "column_type", "column_length", "position"),
    *("error_code", "error_message"),
)
_SYSTEM: dict[str, tuple[tuple[str, ...], _Source]] = {
    "pg_user": (("usename", "usesysid", "usecreatedb", "usesuper", "passwd"), _users),
    "pg_group": (("groname", "grosysid", "grolist"), _groups),
    "pg_table_def": (("schemaname", "tablename", "column", "type", "notnull"), _definitions),
    "svv_tables": (_TABLE_NAMES, _tables),
    "svv_columns": (_COLUMN_NAMES, _columns),
    "information_schema.tables": (_TABLE_NAMES, _tables),
    "information_schema.columns": (_COLUMN_NAMES, _columns),
    "stl_load_errors": (STL_COLUMNS, _load_errors),
    "sys_load_error_detail": (_DETAIL_NAMES, _load_error_details),
}


def replace_system_tables(tree: exp.Expr, session: Session, catalog: Catalog) -> None:
    """Put the rows of the system tables that a query names into its text."""
    for table in list(relations(tree)):
        name = ".".join(part for part in parts(table) if part != "pg_catalog")
        if name in _SYSTEM and catalog.resolve(parts(table)) not in catalog.relations:
            columns, rows = _SYSTEM[name]
            table.replace(_inline(table, columns, list(rows(session, catalog))))


def _inline(table: exp.Table, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> exp.Expr:
    """The rows as a subquery; of no row, a query that has the columns."""
    nothing = exp.select(*(exp.alias_(exp.null(), name) for name in columns)).where("1 = 0")
    queries = [
        exp.select(
            *(exp.alias_(_literal(v), n, quoted=True) for v, n in zip(row, columns, strict=True))
        )
        for row in rows
    ]
    query: exp.Expr = nothing
    for row in queries:
        query = exp.union(query, row, distinct=False, copy=False)
    return exp.Subquery(
        this=query, alias=exp.TableAlias(this=exp.to_identifier(table.alias_or_name))
    )


def _literal(value: object) -> exp.Expr:
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), "TIMESTAMP")
    return exp.convert(value)
