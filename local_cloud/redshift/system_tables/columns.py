"""System tables of columns.

Sources: pages "SVV_COLUMNS", "SVV_ALL_COLUMNS", "SVV_REDSHIFT_COLUMNS" and "PG_TABLE_DEF" of the
Developer Guide, and PostgreSQL 8.0's page of PG_ATTRIBUTE.
"""

from __future__ import annotations

from collections.abc import Callable

from local_cloud.redshift.catalog import TEMPORARY, Catalog, Column
from local_cloud.redshift.session import Session
from local_cloud.redshift.system_tables.registry import Rows, SystemTable, system_table
from local_cloud.redshift.system_tables.table_facts import TableFacts, table_facts


def _each_column(
    row: Callable[[Session, TableFacts, int, Column], tuple[object, ...]],
) -> Callable[[Session, Catalog], Rows]:
    """Return a source with one row for each column of each table and view.

    `row` receives the position of the column, from 1.
    """
    return lambda session, catalog: (
        row(session, facts, position, column)
        for facts in table_facts(session, catalog)
        for position, column in enumerate(facts.columns, start=1)
    )


def _numbers(column: Column) -> tuple[int | None, int | None, int | None]:
    """Return the maximum length of a text, or the precision and scale of a number.

    The precision of an integer is in bits.
    """
    of = column.type
    if of.is_text:
        return of.precision, None, None
    if of.is_integer:
        return None, of.length * 8, 0
    return (None, of.precision, of.scale) if of.name == "numeric" else (None, None, None)


def _nullable(column: Column) -> str:
    return "YES" if column.nullable else "NO"


def svv_column(
    session: Session, facts: TableFacts, position: int, column: Column
) -> tuple[object, ...]:
    """Return the row of a column in SVV_COLUMNS and SVV_ALL_COLUMNS."""
    name = (session.database, facts.shown_schema, facts.name, column.name, position)
    return *name, None, _nullable(column), column.type.words, *_numbers(column), None


def _redshift_column(
    session: Session, facts: TableFacts, position: int, column: Column
) -> tuple[object, ...]:
    name = (session.database, facts.shown_schema, facts.name, column.name, position)
    storage = facts.attributes
    key = (storage.dist_key == column.name, storage.sort_position(column.name))
    encoding = storage.encoding(column.name, column.type)
    words = column.type.declaration
    return *name, words, None, _nullable(column), encoding, *key, None, None


def _table_def(session: Session, catalog: Catalog) -> Rows:
    """Return the rows of PG_TABLE_DEF: only for tables in the schemas of the search path."""
    for facts in table_facts(session, catalog):
        if facts.is_view or facts.schema not in (*catalog.search_path, TEMPORARY):
            continue
        storage = facts.attributes
        for column in facts.columns:
            encoding = storage.encoding(column.name, column.type)
            keys = (storage.dist_key == column.name, storage.sort_position(column.name))
            name = (facts.shown_schema, facts.name, column.name, column.type.declaration)
            yield *name, encoding, *keys, not column.nullable


def _pg_attribute(
    session: Session, facts: TableFacts, position: int, column: Column
) -> tuple[object, ...]:
    storage = facts.attributes
    keys = (storage.dist_key == column.name, storage.sort_position(column.name))
    return facts.id, column.name, position, not column.nullable, bool(column.default), *keys


_TABLE = "table_catalog varchar(128); table_schema varchar(128); table_name varchar(128); "
_SVV = "database_name varchar(128); schema_name varchar(128); table_name varchar(128); "
_COLUMN_FACTS = (
    "column_name varchar(128); ordinal_position int; column_default varchar(4000); "
    "is_nullable varchar(3); data_type varchar(128); character_maximum_length int; "
    "numeric_precision int; numeric_scale int; remarks varchar(256)"
)

TABLES: tuple[SystemTable, ...] = (
    system_table(
        "pg_attribute",
        "attrelid int; attname name; attnum smallint; attnotnull boolean; atthasdef boolean; "
        "attisdistkey boolean; attsortkeyord int",
        _each_column(_pg_attribute),
    ),
    system_table("svv_columns", f"{_TABLE}{_COLUMN_FACTS}", _each_column(svv_column)),
    system_table(
        "information_schema.columns", f"{_TABLE}{_COLUMN_FACTS}", _each_column(svv_column)
    ),
    system_table("svv_all_columns", f"{_SVV}{_COLUMN_FACTS}", _each_column(svv_column)),
    system_table(
        "svv_redshift_columns",
        f"{_SVV}column_name varchar(128); ordinal_position int; data_type varchar(128); "
        "column_default varchar(4000); is_nullable varchar(3); encoding varchar(128); "
        "distkey boolean; sortkey int; column_acl varchar(128); remarks varchar(256)",
        _each_column(_redshift_column),
    ),
    system_table(
        "pg_table_def",
        "schemaname name; tablename name; column name; type text; encoding char(32); "
        "distkey boolean; sortkey int; notnull boolean",
        _table_def,
    ),
)
