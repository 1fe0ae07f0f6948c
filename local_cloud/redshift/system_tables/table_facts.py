"""The properties of tables and views that system tables show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from local_cloud.redshift.catalog import TEMPORARY, Catalog, Column, Relation
from local_cloud.redshift.session import Session
from local_cloud.redshift.sql.identifiers import quoted_relation
from local_cloud.redshift.sql.staged_tables import is_staged
from local_cloud.redshift.sql.storage_attributes import StorageAttributes, read_attributes

# The ids of objects that users create start at 100000.
_FIRST_ID = 100_000
_RELATIONS = """
    SELECT if(database_name = 'temp', 'temp', schema_name), table_name, table_oid, comment
    FROM duckdb_tables() WHERE NOT internal
    UNION ALL
    SELECT schema_name, view_name, view_oid, comment FROM duckdb_views() WHERE NOT internal
"""
_SCHEMAS = "SELECT schema_name, oid FROM duckdb_schemas() WHERE database_name = current_catalog()"


@dataclass(frozen=True)
class TableFacts:
    """A table or view: its id, owner and columns, and the storage attributes of a table."""

    relation: Relation
    id: int
    owner: str
    columns: tuple[Column, ...]
    comment: str | None
    is_view: bool

    @property
    def schema(self) -> str:
        """The name of the schema."""
        return self.relation[0]

    @property
    def shown_schema(self) -> str:
        """The name of the schema in the system tables."""
        return "pg_temp" if self.schema == TEMPORARY else self.schema

    @property
    def name(self) -> str:
        """The name without the schema."""
        return self.relation[1]

    @cached_property
    def attributes(self) -> StorageAttributes:
        """The distribution, sort keys and encodings."""
        return read_attributes(None if self.is_view else self.comment)


def table_facts(session: Session, catalog: Catalog) -> list[TableFacts]:
    """Return the tables and views of the database, sorted by schema and name."""
    rows = session.execute(_RELATIONS).fetchall()
    return [
        TableFacts(
            (schema, name),
            _FIRST_ID + number,
            session.access.owners.get(session.securable((schema, name)), session.user),
            catalog.relations[schema, name],
            comment,
            (schema, name) in catalog.views,
        )
        for schema, name, number, comment in sorted(rows, key=lambda row: row[:2])
        if (schema, name) in catalog.relations and not is_staged((schema, name))
    ]


def schema_ids(session: Session) -> dict[str, int]:
    """Return the id of each schema."""
    rows = session.execute(_SCHEMAS).fetchall()
    return {name: _FIRST_ID + number for name, number in rows}


def row_count(session: Session, facts: TableFacts) -> int:
    """Return the number of rows of a table."""
    return int(session.value(f"SELECT count(*) FROM {quoted_relation(facts.relation)}"))
