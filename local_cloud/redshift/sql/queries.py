"""SELECT, INSERT, UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from local_cloud.redshift.access_control import check_relation
from local_cloud.redshift.catalog import TEMPORARY, Catalog, Column, Relation
from local_cloud.redshift.redshift_types import RedshiftType, from_duckdb
from local_cloud.redshift.result_set import ResultColumn, ResultSet
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.spectrum.external_tables import load_external_tables
from local_cloud.redshift.sql.identifiers import quoted_name
from local_cloud.redshift.sql.inference import Inference, OutputColumn, infer
from local_cloud.redshift.sql.relations import parts, qualify_relations, target
from local_cloud.redshift.sql.system_tables import replace_system_tables
from local_cloud.redshift.sql.translate import generate, rewrite_nodes, to_duckdb
from local_cloud.redshift.statement_errors import StatementFailed

Parameters = Mapping[str, str]


@dataclass(frozen=True)
class ShapedQuery:
    """A query as DuckDB runs it, with the columns and types that Redshift gives it."""

    sql: str
    columns: tuple[ResultColumn, ...]


def select(session: Session, tree: exp.Expr, parameters: Parameters) -> StatementOutcome:
    """Run a query and keep its rows."""
    query = shape(session, tree, parameters)
    rows = session.rows(query.sql, parameters)
    return StatementOutcome(rows.num_rows, ResultSet(query.columns, rows))


def shape(
    session: Session, tree: exp.Expr, parameters: Parameters, *, padded: bool = True
) -> ShapedQuery:
    """Check privileges, translate, and wrap so that values have Redshift's types.

    DuckDB's HUGEINT sums become BIGINT; CHAR values get their trailing blanks when `padded`.
    """
    catalog = session.catalog()
    replace_system_tables(tree, session, catalog)
    catalog = load_external_tables(tree, session, catalog)
    relations = qualify_relations(tree, catalog)
    inference = infer(tree, catalog)
    sql = to_duckdb(tree, inference, session.translation_context())
    require(session, catalog, "SELECT", relations)
    described = session.execute(f"DESCRIBE {sql}", parameters).fetchall()
    columns = _columns(described, inference)
    return ShapedQuery(_wrapped(sql, [row[1] for row in described], columns, padded), columns)


def _columns(described: list[tuple[str, ...]], inference: Inference) -> tuple[ResultColumn, ...]:
    known = inference.outputs
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
    """The query inside one that casts its columns by position: names may occur twice."""
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
    """Refuse unless the user holds a privilege on each of the relations that exist."""
    for relation in relations:
        if relation in catalog.relations and relation[0] != TEMPORARY:
            check_relation(session.access, session.user, privilege, session.securable(relation))


def insert(session: Session, tree: exp.Expr, parameters: Parameters) -> StatementOutcome:
    """INSERT INTO … VALUES or SELECT."""
    catalog = session.catalog()
    into = target(tree)
    relation = catalog.existing(parts(into))
    if relation in catalog.views:
        raise StatementFailed("ERROR: cannot insert into a view")
    require(session, catalog, "INSERT", [relation])
    columns = _inserted(tree, catalog.relations[relation])
    source = tree.args.get("expression")
    if source is not None:
        catalog = load_external_tables(source, session, catalog)
        read = [r for r in qualify_relations(source, catalog)]
        require(session, catalog, "SELECT", read)
    qualify_relations(tree, catalog)
    sql = to_duckdb(tree, infer(tree, catalog), session.translation_context())
    if source is None:
        return _changed(session, sql, parameters)
    return _changed(session, _assigning(tree, relation, columns), parameters)


def _inserted(tree: exp.Expr, columns: tuple[Column, ...]) -> list[Column]:
    """The columns that an INSERT fills, in its order."""
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


def _assigning(tree: exp.Expr, relation: Relation, columns: list[Column]) -> str:
    """The INSERT with its source wrapped, so that every value passes `assigned`."""
    source = tree.args["expression"]
    width = len(source.selects) if isinstance(source, exp.Query) else None
    if isinstance(source, exp.Values):
        width = len(source.expressions[0].expressions)
    if width is not None and width > len(columns) and not _has_star(source):
        raise StatementFailed("ERROR: INSERT has more expressions than target columns")
    filled = columns[: len(columns) if _has_star(source) else width]
    names = ", ".join(quoted_name(column.name) for column in filled)
    values = ", ".join(assigned(quoted_name(column.name), column.type) for column in filled)
    into = f"{quoted_name(relation[0])}.{quoted_name(relation[1])}"
    text = source.sql("duckdb")
    return f"INSERT INTO {into} ({names}) SELECT {values} FROM ({text}) AS source({names})"


def _has_star(source: exp.Expr) -> bool:
    return isinstance(source, exp.Query) and any(s.is_star for s in source.selects)


def assigned(value: str, declared: RedshiftType) -> str:
    """DuckDB's SQL of a value on its way into a column of a declared type."""
    if declared.name in ("varchar", "bpchar"):
        return f"main.as_{declared.name}({value}, {declared.precision})"
    return value


def update(session: Session, tree: exp.Expr, parameters: Parameters) -> StatementOutcome:
    """UPDATE … SET … [FROM …] [WHERE …]."""
    catalog = session.catalog()
    relation = _allowed("UPDATE", session, catalog, tree)
    rewrite_nodes(tree, infer(tree, catalog), session.translation_context())
    types = {column.name: column.type for column in catalog.relations[relation]}
    for assignment in tree.expressions:
        _assign(assignment, types)
    return _changed(session, generate(tree), parameters)


def _assign(assignment: exp.Expr, types: Mapping[str, RedshiftType]) -> None:
    declared = types.get(assignment.this.name)
    if declared is not None and declared.name in ("varchar", "bpchar"):
        value = assignment.expression.copy()
        width = exp.Literal.number(declared.precision)
        macro = exp.Anonymous(this=f"main.as_{declared.name}", expressions=[value, width])
        assignment.set("expression", macro)


def delete(session: Session, tree: exp.Expr, parameters: Parameters) -> StatementOutcome:
    """DELETE FROM … [USING …] [WHERE …]."""
    catalog = session.catalog()
    _allowed("DELETE", session, catalog, tree)
    sql = to_duckdb(tree, infer(tree, catalog), session.translation_context())
    return _changed(session, sql, parameters)


def _allowed(privilege: str, session: Session, catalog: Catalog, tree: exp.Expr) -> Relation:
    """The table that is changed, if the user may do so and read what else is looked at."""
    relation = catalog.existing(parts(target(tree)))
    require(session, catalog, privilege, [relation])
    read = [other for other in qualify_relations(tree, catalog) if other != relation]
    conditions = [relation] if tree.args.get("where") else []
    require(session, catalog, "SELECT", [*read, *conditions])
    return relation


def _changed(session: Session, sql: str, parameters: Parameters) -> StatementOutcome:
    count = session.execute(sql, parameters).fetchone()
    return StatementOutcome(int(count[0]) if count else 0)
