"""SELECT, and the functions that all statements with a query use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from local_cloud.redshift.access_control import check_relation, check_schema, denied
from local_cloud.redshift.catalog import TEMPORARY, Catalog, Relation
from local_cloud.redshift.machine_learning.prediction_functions import bind_models
from local_cloud.redshift.redshift_types import RedshiftType, from_duckdb
from local_cloud.redshift.result_set import ResultColumn, ResultSet
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.spectrum.external_tables import load_external_tables
from local_cloud.redshift.sql.identifiers import quoted_name
from local_cloud.redshift.sql.rejections import check_placement, check_query
from local_cloud.redshift.sql.relations import qualify_relations
from local_cloud.redshift.sql.resolution import (
    OutputColumn,
    columns_read,
    output_columns,
    resolved,
)
from local_cloud.redshift.sql.translate import to_duckdb
from local_cloud.redshift.system_tables.registry import load_system_tables

Parameters = Mapping[str, str]


@dataclass(frozen=True)
class ShapedQuery:
    """A query in DuckDB's SQL, with Redshift's column names and types."""

    sql: str
    columns: tuple[ResultColumn, ...]


@dataclass(frozen=True)
class CheckedQuery:
    """A resolved query, and the catalog that includes its temporary tables."""

    tree: exp.Expr
    catalog: Catalog


def select(session: Session, tree: exp.Expr, parameters: Parameters) -> StatementOutcome:
    """Run a query and return its rows."""
    query = shape(session, tree, parameters)
    rows = session.rows(query.sql, parameters)
    return StatementOutcome(rows.num_rows, ResultSet(query.columns, rows))


def shape(
    session: Session, tree: exp.Expr, parameters: Parameters, *, padded: bool = True
) -> ShapedQuery:
    """Translate a query and wrap it so that its values have Redshift's types.

    DuckDB's sums of type HUGEINT become BIGINT. With `padded`, CHAR values have trailing blanks.
    """
    checked = checked_query(session, tree)
    known = output_columns(checked.tree, checked.catalog)
    sql = to_duckdb(checked.tree, session.translation_context())
    described = session.execute(f"DESCRIBE {sql}", parameters).fetchall()
    columns = _columns(described, known)
    return ShapedQuery(_wrapped(sql, [row[1] for row in described], columns, padded), columns)


def checked_query(session: Session, tree: exp.Expr) -> CheckedQuery:
    """Resolve the names and types of a query. Raises StatementFailed if it cannot be run."""
    catalog = session.catalog()
    bind_models(session, tree)
    check_placement(tree, catalog)
    catalog = load_system_tables(tree, session, catalog)
    catalog = load_external_tables(tree, session, catalog)
    relations = qualify_relations(tree, catalog)
    limited = require_readable(session, catalog, relations)
    tree = resolved(tree, catalog)
    check_query(tree)
    require_columns(session, tree, limited)
    return CheckedQuery(tree, catalog)


def _columns(
    described: list[tuple[str, ...]], known: tuple[OutputColumn, ...]
) -> tuple[ResultColumn, ...]:
    if len(known) != len(described):
        known = (OutputColumn(),) * len(described)
    return tuple(
        ResultColumn(row[0], _type(row[1], output), output.relation, output.nullable)
        for row, output in zip(described, known, strict=True)
    )


def _type(duckdb_type: str, output: OutputColumn) -> RedshiftType:
    if output.type is not None and duckdb_type == "VARCHAR":
        return output.type
    return from_duckdb(duckdb_type)


def _wrapped(sql: str, types: list[str], columns: tuple[ResultColumn, ...], padded: bool) -> str:
    """Return a query that casts the columns of `sql` by position: names may be duplicate."""
    names = [f"c{number}" for number in range(len(columns))]
    values = [
        f"{_value(name, kind, column, padded)} AS {quoted_name(column.name)}"
        for name, kind, column in zip(names, types, columns, strict=True)
    ]
    return f"SELECT {', '.join(values)} FROM ({sql}) AS result({', '.join(names)})"


def _value(name: str, duckdb_type: str, column: ResultColumn, padded: bool) -> str:
    if duckdb_type in ("HUGEINT", "UBIGINT"):
        return f"CAST({name} AS BIGINT)"
    if duckdb_type in ("INTERVAL", '"NULL"'):
        return f"CAST({name} AS TEXT)"
    if column.type.name == "bpchar" and padded:
        return f"rpad({name}, {column.type.precision}, ' ')"
    return name


def require(session: Session, catalog: Catalog, privilege: str, relations: list[Relation]) -> None:
    """Raise StatementFailed unless the user has the privilege on all existing `relations`."""
    for relation in relations:
        if relation in catalog.relations and relation[0] != TEMPORARY:
            check_relation(session.access, session.user, privilege, session.securable(relation))


def require_readable(
    session: Session, catalog: Catalog, relations: list[Relation]
) -> dict[Relation, frozenset[str]]:
    """Raise StatementFailed unless the user may select from all `relations`, or from columns.

    Return the columns of those relations of which the user may not select all columns.
    """
    access, user = session.access, session.user
    limited = {}
    for relation in relations:
        on = session.securable(relation)
        columns = access.columns(user, "SELECT", on)
        if columns and not access.allows(user, "SELECT", on):
            check_schema(access, user, "USAGE", on[:2])
            limited[relation] = columns
    require(session, catalog, "SELECT", [each for each in relations if each not in limited])
    return limited


def require_columns(
    session: Session, tree: exp.Expr, limited: Mapping[Relation, frozenset[str]]
) -> None:
    """Raise StatementFailed if a resolved query reads another column of a relation."""
    for relation, column in columns_read(tree) if limited else ():
        if relation in limited and column not in limited[relation]:
            raise denied(session.securable(relation))
