"""System tables of databases, schemas, tables and views.

Sources: the pages of the views ("SVV_ALL_TABLES", "SVV_TABLE_INFO", "PG_TABLE_DEF", …) of the
Developer Guide, and PostgreSQL 8.0's chapter "System Catalogs" for PG_CLASS and the like.
"""

from __future__ import annotations

from collections.abc import Callable

from local_cloud.redshift.catalog import Catalog
from local_cloud.redshift.session import Session
from local_cloud.redshift.system_tables.registry import Rows, SystemTable, system_table
from local_cloud.redshift.system_tables.table_facts import (
    TableFacts,
    row_count,
    schema_ids,
    table_facts,
)

# SVV_TABLE_INFO shows sizes in blocks of 1 MB. A small table has one block per column and slice.
_SLICES = 2


def _databases(session: Session, _: Catalog) -> Rows:
    for name in session.access.databases:
        owner = session.access.user_id(session.access.owners[(name,)])
        yield name, owner, 6, False, True


def _schema_owner(session: Session, schema: str) -> int:
    owners = session.access.owners
    return session.access.user_id(owners.get((session.database, schema), session.user))


def _namespaces(session: Session, catalog: Catalog) -> Rows:
    numbers = schema_ids(session)
    for schema in catalog.schemas:
        yield numbers[schema], schema, _schema_owner(session, schema), None


def all_schemas(session: Session, catalog: Catalog) -> Rows:
    """Return the rows of SVV_ALL_SCHEMAS."""
    for schema in catalog.schemas:
        kind = "external" if schema in catalog.external else "local"
        yield session.database, schema, _schema_owner(session, schema), kind, None, None, None


def _each(
    rows: Callable[[Session, TableFacts], tuple[object, ...]],
) -> Callable[[Session, Catalog], Rows]:
    """Return a source with one row for each table and view."""
    return lambda session, catalog: (rows(session, f) for f in table_facts(session, catalog))


def _kind(facts: TableFacts) -> str:
    return "VIEW" if facts.is_view else "TABLE"


def _svv_table(session: Session, facts: TableFacts) -> tuple[object, ...]:
    kind = "VIEW" if facts.is_view else "BASE TABLE"
    return session.database, facts.shown_schema, facts.name, kind, None


def _all_table(session: Session, facts: TableFacts) -> tuple[object, ...]:
    return session.database, facts.shown_schema, facts.name, None, _kind(facts), None


def _redshift_table(session: Session, facts: TableFacts) -> tuple[object, ...]:
    return session.database, facts.shown_schema, facts.name, _kind(facts), None, None, facts.owner


def _pg_tables(session: Session, catalog: Catalog) -> Rows:
    for facts in table_facts(session, catalog):
        if not facts.is_view:
            yield facts.shown_schema, facts.name, facts.owner, None, False, False, False


def _pg_views(session: Session, catalog: Catalog) -> Rows:
    for facts in table_facts(session, catalog):
        if facts.is_view:
            yield facts.shown_schema, facts.name, facts.owner, f"{facts.comment};"


def _pg_class(session: Session, catalog: Catalog) -> Rows:
    numbers = schema_ids(session)
    for facts in table_facts(session, catalog):
        rows = 0 if facts.is_view else row_count(session, facts)
        kind = "v" if facts.is_view else "r"
        owner = session.access.user_id(facts.owner)
        space = numbers.get(facts.schema, 0)
        yield facts.id, facts.name, space, owner, float(rows), kind, len(facts.columns)


def _table_info(session: Session, catalog: Catalog) -> Rows:
    """Return the rows of SVV_TABLE_INFO: tables that are not empty, with current statistics."""
    for facts in table_facts(session, catalog):
        rows = 0 if facts.is_view else row_count(session, facts)
        if rows:
            yield _info(session, facts, rows)


def _info(session: Session, facts: TableFacts, rows: int) -> tuple[object, ...]:
    storage, types = facts.attributes, {column.name: column.type for column in facts.columns}
    encodings = [storage.encoding(name, of) for name, of in types.items()]
    first = storage.sort_keys[0] if storage.sort_keys else None
    widest = max((of.precision for of in types.values() if of.name == "varchar"), default=0)
    name = (session.database, facts.shown_schema, facts.id, facts.name)
    encoded = "Y" if any(encoding != "none" for encoding in encodings) else "N"
    sorting = (first, widest, storage.encoding(first, types[first]) if first else None)
    blocks = len(types) * _SLICES
    return (
        *(*name, encoded, storage.shown_style, *sorting, len(storage.sort_keys), blocks),
        *(None, 0, 0 if first else None, 0, rows, None, None, rows, None, None, None),
    )


_TABLE = "table_catalog varchar(128); table_schema varchar(128); table_name varchar(128); "
_SVV = "database_name varchar(128); schema_name varchar(128); table_name varchar(128); "
_TABLES = f"{_TABLE}table_type varchar(128); remarks varchar(256)"

TABLES: tuple[SystemTable, ...] = (
    system_table(
        "pg_database",
        "datname name; datdba int; encoding int; datistemplate boolean; datallowconn boolean",
        _databases,
    ),
    system_table("pg_namespace", "oid int; nspname name; nspowner int; nspacl text", _namespaces),
    system_table(
        "svv_all_schemas",
        "database_name varchar(128); schema_name varchar(128); schema_owner int; "
        "schema_type varchar(128); schema_acl varchar(128); source_database varchar(128); "
        "schema_option varchar(256)",
        all_schemas,
    ),
    system_table("svv_tables", _TABLES, _each(_svv_table)),
    system_table("information_schema.tables", _TABLES, _each(_svv_table)),
    system_table(
        "svv_all_tables",
        f"{_SVV}table_acl varchar(128); table_type varchar(128); remarks varchar(256)",
        _each(_all_table),
    ),
    system_table(
        "svv_redshift_tables",
        f"{_SVV}table_type varchar(128); table_acl varchar(128); remarks varchar(128); "
        "table_owner varchar(128)",
        _each(_redshift_table),
    ),
    system_table(
        "pg_tables",
        "schemaname name; tablename name; tableowner name; tablespace name; hasindexes boolean; "
        "hasrules boolean; hastriggers boolean",
        _pg_tables,
    ),
    system_table(
        "pg_views", "schemaname name; viewname name; viewowner name; definition text", _pg_views
    ),
    system_table(
        "pg_class",
        "oid int; relname name; relnamespace int; relowner int; reltuples float8; "
        "relkind char(1); relnatts smallint",
        _pg_class,
    ),
    system_table(
        "svv_table_info",
        "database text; schema text; table_id int; table text; encoded text; diststyle text; "
        "sortkey1 text; max_varchar int; sortkey1_enc char(32); sortkey_num int; size bigint; "
        "pct_used numeric(10,4); empty bigint; unsorted numeric(5,2); stats_off numeric(5,2); "
        "tbl_rows numeric(38,0); skew_sortkey1 numeric(19,2); skew_rows numeric(19,2); "
        "estimated_visible_rows numeric(38,0); risk_event text; vacuum_sort_benefit numeric(12,2); "
        "create_time timestamp",
        _table_info,
    ),
)
