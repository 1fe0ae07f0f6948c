"""The relations of a database, with the declared Redshift types of their columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
from sqlglot import exp
from sqlglot.schema import MappingSchema

from local_cloud.redshift.declared_types import character_type
from local_cloud.redshift.redshift_types import RedshiftType, from_duckdb
from local_cloud.redshift.sql.dialect import DIALECT
from local_cloud.redshift.statement_errors import StatementFailed, refused

INTERNAL_SCHEMA = "main"
TEMPORARY = "temp"
Relation = tuple[str, str]


@dataclass(frozen=True)
class Column:
    """One column of a table or view."""

    name: str
    type: RedshiftType
    nullable: bool
    default: str | None

    @property
    def identity(self) -> bool:
        """Whether the column is an IDENTITY column."""
        return "nextval(" in (self.default or "")


@dataclass(frozen=True)
class ExternalSchema:
    """A database of the Glue catalogue, and the role that reads the database and its files."""

    database: str
    role_arn: str


@dataclass(frozen=True)
class Catalog:
    """The relations of a database, by (schema, name), and the search path for unqualified names.

    The tables of external schemas are not in `relations`: they are read from the Glue catalogue.
    """

    relations: Mapping[Relation, tuple[Column, ...]]
    views: frozenset[Relation]
    schemas: tuple[str, ...]
    external: Mapping[str, ExternalSchema]
    search_path: tuple[str, ...]

    def resolve(self, parts: tuple[str, ...]) -> Relation:
        """Return the relation for `name`, `schema.name` or `database.schema.name`.

        If no relation has an unqualified name, its schema is the schema for new relations.
        """
        *qualifier, name = parts
        if qualifier:
            return qualifier[-1], name
        for schema in (TEMPORARY, *self.search_path):
            if (schema, name) in self.relations:
                return schema, name
        return next(iter(self.search_path), TEMPORARY), name

    @property
    def current_schema(self) -> str:
        """The schema of a new relation with an unqualified name."""
        if not self.search_path:
            raise StatementFailed("ERROR: no schema has been selected to create in")
        return self.search_path[0]

    def existing(self, parts: tuple[str, ...]) -> Relation:
        """Resolve a name. Raises StatementFailed if the relation does not exist."""
        relation = self.resolve(parts)
        if relation[0] in self.external:
            raise refused(f"a change of the external table {'.'.join(parts)}")
        if relation not in self.relations:
            raise StatementFailed(f'ERROR: relation "{".".join(parts)}" does not exist')
        return relation

    def sqlglot_schema(self) -> MappingSchema:
        """Return the relations in the format of sqlglot's type inference."""
        tree: dict[str, Any] = {}
        for (schema, name), columns in self.relations.items():
            tree.setdefault(schema, {})[name] = {c.name: c.type.declaration for c in columns}
        return MappingSchema(tree, dialect=DIALECT)


# Temporary tables are in DuckDB's database `temp`.
_COLUMNS = """
    SELECT if(database_name = 'temp', 'temp', schema_name), table_name, column_name,
           data_type, comment, is_nullable, column_default
    FROM duckdb_columns()
    WHERE NOT internal AND (database_name = 'temp' OR schema_name <> 'main')
    ORDER BY schema_name, table_name, column_index
"""
_VIEWS = "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal"
_SCHEMAS = "SELECT DISTINCT schema_name FROM duckdb_schemas() WHERE NOT internal ORDER BY 1"


_EXTERNAL = "SELECT name, database, role_arn FROM main.external_schemas"


def read_catalog(cursor: duckdb.DuckDBPyConnection, search_path: tuple[str, ...]) -> Catalog:
    """Read the catalog in the transaction of the cursor."""
    relations: dict[Relation, list[Column]] = {}
    for schema, table, name, kind, comment, nullable, default in cursor.execute(
        _COLUMNS
    ).fetchall():
        column = Column(name, _declared(comment) or from_duckdb(kind), nullable, default)
        relations.setdefault((schema, table), []).append(column)
    views = frozenset((schema, name) for schema, name in cursor.execute(_VIEWS).fetchall())
    schemas = tuple(name for (name,) in cursor.execute(_SCHEMAS).fetchall())
    external = cursor.execute(_EXTERNAL).fetchall()
    return Catalog(
        {relation: tuple(columns) for relation, columns in relations.items()},
        views,
        tuple(name for name in schemas if name != INTERNAL_SCHEMA),
        {name: ExternalSchema(database, role) for name, database, role in external},
        tuple(name for name in search_path if name in schemas and name != INTERNAL_SCHEMA),
    )


def _declared(comment: str | None) -> RedshiftType | None:
    """Return the declared CHAR or VARCHAR type from the comment of a column; None for others.

    DuckDB does not store the lengths of types. A comment is rolled back, renamed and dropped with
    its column.
    """
    return character_type(exp.DataType.build(comment, dialect=DIALECT)) if comment else None


def remember_type(relation: Relation, column: str, declared: RedshiftType) -> str:
    """Return the DuckDB statement that stores a CHAR or VARCHAR type in the column's comment."""
    target = exp.column(column, *reversed(relation), quoted=True).sql("duckdb")
    return f"COMMENT ON COLUMN {target} IS '{declared.declaration}'"
