"""The rows of SHOW DATABASES, SHOW SCHEMAS, SHOW TABLES and SHOW COLUMNS, as system tables.

The names of these tables contain a space, so that no query can refer to them.
"""

from __future__ import annotations

from local_cloud.redshift.catalog import Catalog
from local_cloud.redshift.session import Session
from local_cloud.redshift.system_tables.columns import svv_column
from local_cloud.redshift.system_tables.registry import Rows, SystemTable, system_table
from local_cloud.redshift.system_tables.relations import all_schemas
from local_cloud.redshift.system_tables.table_facts import table_facts


def _databases(session: Session, _: Catalog) -> Rows:
    for name in session.access.databases:
        owner = session.access.user_id(session.access.owners[(name,)])
        yield name, owner, "local", None, None, "Snapshot Isolation"


def _tables(session: Session, catalog: Catalog) -> Rows:
    for facts in table_facts(session, catalog):
        kind = "VIEW" if facts.is_view else "TABLE"
        style = None if facts.is_view else facts.attributes.shown_style
        name = (session.database, facts.shown_schema, facts.name)
        yield *name, kind, None, None, facts.owner, None, None, style, f"REGULAR {kind}"


def _columns(session: Session, catalog: Catalog) -> Rows:
    for facts in table_facts(session, catalog):
        storage = facts.attributes
        sort_kind = "INTERLEAVED" if storage.interleaved else "COMPOUND"
        for position, column in enumerate(facts.columns, start=1):
            order = abs(storage.sort_position(column.name))
            keys = (sort_kind if order else None, order or None)
            distribution = int(storage.dist_key == column.name)
            encoding = storage.encoding(column.name, column.type)
            yield *svv_column(session, facts, position, column), *keys, distribution, encoding


_NAME = "database_name varchar(128); schema_name varchar(128); table_name varchar(128); "

TABLES: tuple[SystemTable, ...] = (
    system_table(
        "show databases",
        "database_name varchar(128); database_owner int; database_type varchar(32); "
        "database_acl varchar(128); parameters varchar(128); "
        "database_isolation_level varchar(128)",
        _databases,
    ),
    system_table(
        "show schemas",
        "database_name varchar(128); schema_name varchar(128); schema_owner int; "
        "schema_type varchar(128); schema_acl varchar(128); source_database varchar(128); "
        "schema_option varchar(256)",
        all_schemas,
    ),
    system_table(
        "show tables",
        f"{_NAME}table_type varchar(128); table_acl varchar(128); remarks varchar(256); "
        "owner varchar(128); last_altered_time timestamp; last_modified_time timestamp; "
        "dist_style varchar(128); table_subtype varchar(128)",
        _tables,
    ),
    system_table(
        "show columns",
        f"{_NAME}column_name varchar(128); ordinal_position int; column_default varchar(4000); "
        "is_nullable varchar(3); data_type varchar(128); character_maximum_length int; "
        "numeric_precision int; numeric_scale int; remarks varchar(256); "
        "sort_key_type varchar(32); sort_key_order int; dist_key int; encoding varchar(32)",
        _columns,
    ),
)
