"""The results of ListDatabases, ListSchemas, ListTables and DescribeTable."""

from __future__ import annotations

import re
from typing import Any

from local_cloud.redshift.api.exceptions import ValidationError
from local_cloud.redshift.catalog import Catalog
from local_cloud.redshift.result_set import ResultColumn
from local_cloud.redshift.session import Session


def databases(session: Session) -> list[str]:
    """Return the databases of the cluster."""
    return sorted(session.access.databases)


def schemas(session: Session, pattern: str | None) -> list[str]:
    """Return the schemas of the database whose name is LIKE the pattern."""
    return [name for name in session.catalog().schemas if like(name, pattern)]


def tables(session: Session, schema: str | None, table: str | None) -> list[dict[str, str]]:
    """Return the relations whose schema and name are LIKE the patterns, sorted."""
    catalog = session.catalog()
    return [
        {"name": name, "schema": owner, "type": _kind(catalog, (owner, name))}
        for owner, name in sorted(catalog.relations)
        if like(owner, schema) and like(name, table)
    ]


def _kind(catalog: Catalog, relation: tuple[str, str]) -> str:
    return "VIEW" if relation in catalog.views else "TABLE"


def columns(session: Session, schema: str | None, table: str) -> list[dict[str, Any]]:
    """Return the columns of a relation as ColumnMetadata."""
    catalog = session.catalog()
    relation = catalog.resolve((schema, table) if schema else (table,))
    if relation not in catalog.relations:
        raise ValidationError(f"Table {'.'.join(relation)} does not exist")
    return [
        ResultColumn(column.name, column.type, relation, column.nullable).metadata()
        | ({"columnDefault": column.default} if column.default else {})
        for column in catalog.relations[relation]
    ]


def like(name: str, pattern: str | None) -> bool:
    """Return whether the name matches: `%` is any text, `_` is one character."""
    if pattern is None:
        return True
    expression = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in pattern)
    return re.fullmatch(expression, name) is not None
