"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from local_cloud.redshift.catalog import Catalog, Column, Relation
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.spectrum.external_tables import load_external_tables
from local_cloud.redshift.sql.assignments import (
    assigned_column,
    assigned_node,
    assignment,
    values_sql,
)
from local_cloud.redshift.sql.identifiers import quoted_name, quoted_relation
from local_cloud.redshift.sql.queries import Parameters, require, shape
from local_cloud.redshift.sql.rejections import check_placement, check_query
from local_cloud.redshift.sql.relations import parts, qualify_relations, target
from local_cloud.redshift.sql.resolution import projections, resolved
from local_cloud.redshift.sql.templates import duckdb_sql
from local_cloud.redshift.sql.translate import translated
from local_cloud.redshift.statement_errors import StatementFailed
from local_cloud.redshift.system_tables.registry import load_system_tables


def insert(session: Session, tree: exp.Expr, parameters: Parameters) -> StatementOutcome:
    """Run INSERT INTO … VALUES, SELECT or DEFAULT VALUES."""
    catalog = session.catalog()
    relation = _changeable(catalog, tree, "insert into")
    require(session, catalog, "INSERT", [relation])
    into = f"INSERT INTO {quoted_relation(relation)}"
    source = tree.args.get("expression")
    if source is None:
        return _changed(session, f"{into} DEFAULT VALUES", parameters)
    columns = _filled(tree, catalog.relations[relation])
    if isinstance(source, exp.Values) and not _has_query(source):
        text = values_sql(source, columns, session.translation_context())
        given = [column.type for column in columns[: len(source.expressions[0].expressions)]]
    else:
        shaped = shape(session, _query(source, tree), parameters, padded=False)
        text, given = shaped.sql, [column.type for column in shaped.columns]
    if len(given) > len(columns):
        raise StatementFailed("ERROR: INSERT has more expressions than target columns")
    pairs = list(zip(columns, given, strict=False))
    listed = ", ".join(quoted_name(column.name) for column, _ in pairs)
    values = ", ".join(assigned_column(column.name, of, column.type) for column, of in pairs)
    sql = f"{into} ({listed}) SELECT {values} FROM ({text}) AS source({listed})"
    return _changed(session, sql, parameters)


def _has_query(values: exp.Values) -> bool:
    found = values.find(exp.Query) is not None
    if found and len(values.expressions) > 1:
        raise StatementFailed("ERROR: can't use subqueries in multi-row VALUES")
    return found


def _query(source: exp.Expr, tree: exp.Expr) -> exp.Expr:
    """Return the query of an INSERT. VALUES that contain a subquery become a query of one row."""
    if isinstance(source, exp.Values):
        row = source.expressions[0].expressions
        source = exp.select(*(exp.alias_(item.copy(), f"v{n}") for n, item in enumerate(row)))
    if tree.args.get("with_") is not None:
        source.set("with_", tree.args["with_"])
    return source


def _filled(tree: exp.Expr, columns: tuple[Column, ...]) -> list[Column]:
    """Return the columns that an INSERT lists, or all except IDENTITY columns without a list."""
    if not isinstance(tree.this, exp.Schema):
        return [column for column in columns if not column.identity]
    by_name = {column.name: column for column in columns}
    found = []
    for identifier in tree.this.expressions:
        if identifier.name not in by_name:
            raise StatementFailed(
                f'ERROR: column "{identifier.name}" of relation "{target(tree).name}" '
                "does not exist"
            )
        found.append(by_name[identifier.name])
    if any(column.identity for column in found):
        raise StatementFailed("ERROR: cannot set an identity column to a value")
    return found


def update(session: Session, tree: exp.Expr, parameters: Parameters) -> StatementOutcome:
    """Run UPDATE … SET … [FROM …] [WHERE …]."""
    change = _change(session, tree, "update")
    types = {column.name: column.type for column in change.columns}
    names = [item.this.name for item in tree.expressions]
    if missing := next((name for name in names if name not in types), None):
        raise StatementFailed(
            f'ERROR: column "{missing}" of relation "{change.relation[1]}" does not exist'
        )
    others = [tree.args["from_"].this] if tree.args.get("from_") is not None else []
    query = change.query("UPDATE", [item.expression for item in tree.expressions], others)
    assignments = ", ".join(
        assignment(name, assigned_node(value, types[name]))
        for name, value in zip(names, projections(query), strict=True)
    )
    sql = f"UPDATE {_target(query)} SET {assignments}{_clauses(query, 'FROM')}"
    return _changed(session, _with(query) + sql, parameters)


def delete(session: Session, tree: exp.Expr, parameters: Parameters) -> StatementOutcome:
    """Run DELETE FROM … [USING …] [WHERE …]."""
    change = _change(session, tree, "delete from")
    query = change.query("DELETE", [exp.Literal.number(1)], list(tree.args.get("using") or []))
    sql = f"DELETE FROM {_target(query)}{_clauses(query, 'USING')}"
    return _changed(session, _with(query) + sql, parameters)


@dataclass(frozen=True)
class _Change:
    """An UPDATE or DELETE of a relation."""

    session: Session
    catalog: Catalog
    tree: exp.Expr
    relation: Relation

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the relation."""
        return self.catalog.relations[self.relation]

    def query(self, privilege: str, values: list[exp.Expr], others: list[exp.Expr]) -> exp.Expr:
        """Return the translated query SELECT values FROM target, others.

        An UPDATE or DELETE has the same scopes as this query, so that names and types are
        resolved in the same way.
        """
        query = _select(self.tree, values, others)
        check_placement(query, self.catalog)
        catalog = load_system_tables(query, self.session, self.catalog)
        catalog = load_external_tables(query, self.session, catalog)
        read = qualify_relations(query, catalog)
        require(self.session, catalog, privilege, [self.relation])
        conditions = [self.relation] if self.tree.args.get("where") else []
        others_read = [other for other in read if other != self.relation]
        require(self.session, catalog, "SELECT", [*others_read, *conditions])
        resolved_query = resolved(query, catalog)
        check_query(resolved_query)
        return translated(resolved_query, self.session.translation_context())


def _change(session: Session, tree: exp.Expr, verb: str) -> _Change:
    catalog = session.catalog()
    return _Change(session, catalog, tree, _changeable(catalog, tree, verb))


def _select(tree: exp.Expr, values: list[exp.Expr], others: list[exp.Expr]) -> exp.Expr:
    # With brackets, a subquery does not resolve the name in its own scope.
    named = [exp.alias_(exp.paren(value), f"v{number}") for number, value in enumerate(values)]
    query = exp.select(*named).from_(target(tree).copy())
    joins: list[exp.Expr] = []
    for other in others:
        copied = other.copy()
        nested = copied.args.get("joins") or []
        copied.set("joins", None)
        joins += [exp.Join(this=copied), *nested]
    query.set("joins", joins)
    for part in ("where", "with_"):
        if tree.args.get(part) is not None:
            query.set(part, tree.args[part].copy())
    return query


def _target(query: exp.Expr) -> str:
    return duckdb_sql(query.args["from_"].this)


def _clauses(query: exp.Expr, word: str) -> str:
    """Return the clause FROM or USING with the other tables, and the clause WHERE."""
    joins = query.args.get("joins") or []
    text = ""
    if joins:
        first, *rest = joins
        text = f" {word} {duckdb_sql(first.this)}" + "".join(duckdb_sql(join) for join in rest)
    where = query.args.get("where")
    return f"{text} {duckdb_sql(where).strip()}" if where is not None else text


def _with(query: exp.Expr) -> str:
    clause = query.args.get("with_")
    return f"{duckdb_sql(clause)} " if clause is not None else ""


def _changeable(catalog: Catalog, tree: exp.Expr, verb: str) -> Relation:
    relation = catalog.existing(parts(target(tree)))
    if relation in catalog.views:
        raise StatementFailed(f"ERROR: cannot {verb} a view")
    return relation


def _changed(session: Session, sql: str, parameters: Parameters) -> StatementOutcome:
    try:
        count = session.execute(sql, parameters).fetchone()
    except StatementFailed as failure:
        if "Numeric data overflow" in failure.message:
            raise StatementFailed("ERROR: numeric field overflow") from failure
        raise
    return StatementOutcome(int(count[0]) if count else 0)
