"""Translates the column definitions of CREATE TABLE."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlglot import exp

from local_cloud.redshift.catalog import Column
from local_cloud.redshift.declared_types import declared_type
from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.sql.assignments import scalar
from local_cloud.redshift.sql.conversions import converted
from local_cloud.redshift.sql.identifiers import quoted_name
from local_cloud.redshift.sql.node_types import is_untyped
from local_cloud.redshift.sql.templates import duckdb_sql
from local_cloud.redshift.sql.translation_context import TranslationContext
from local_cloud.redshift.statement_errors import StatementFailed, refused

# Redshift uses keys and references for its planner. It enforces only NOT NULL.
_UNENFORCED = (
    exp.PrimaryKey,
    exp.ForeignKey,
    exp.UniqueColumnConstraint,
    exp.Constraint,
)


@dataclass(frozen=True)
class Definition:
    """A column: its DuckDB definition, its description, and the sequence of an IDENTITY column."""

    sql: str
    column: Column
    sequence: str | None = None


def column_definitions(
    items: list[exp.Expr], translation_context: TranslationContext
) -> list[Definition]:
    """Return the columns of `CREATE TABLE t (…)`. The columns of a primary key are NOT NULL."""
    keys = {
        identifier.name
        for item in items
        for key in item.find_all(exp.PrimaryKey)
        for identifier in key.expressions
    }
    for item in items:
        if not isinstance(item, (exp.ColumnDef, *_UNENFORCED)):
            raise refused(f"in CREATE TABLE: {item.sql('redshift')}")
    return [
        _definition(item, translation_context, key=item.name in keys)
        for item in items
        if isinstance(item, exp.ColumnDef)
    ]


def _definition(
    item: exp.ColumnDef, translation_context: TranslationContext, *, key: bool
) -> Definition:
    constraints: list[exp.Expr] = [constraint.kind for constraint in item.constraints]
    declared = _column_type(item)
    required = key or any(_forbids_null(c) for c in constraints)
    default, sequence = _default(constraints, declared, translation_context)
    parts = [
        f"{quoted_name(item.name)} {declared.storage}",
        f"DEFAULT {default}" if default else "",
        "NOT NULL" if required else "",
    ]
    column = Column(item.name, declared, not required, default)
    return Definition(" ".join(part for part in parts if part), column, sequence)


def _column_type(item: exp.ColumnDef) -> RedshiftType:
    if item.kind is None:
        raise StatementFailed(f'ERROR: column "{item.name}" has no data type')
    try:
        return declared_type(item.kind)
    except StatementFailed as failure:
        kind = failure.message.partition('unsupported type "')[2]
        if not kind:
            raise
        table = item.parent.this.name if item.parent is not None else ""
        raise StatementFailed(
            f'ERROR: Column "{table}.{item.name}" has unsupported type "{kind}.'
        ) from failure


def _forbids_null(constraint: exp.Expr) -> bool:
    if isinstance(constraint, exp.NotNullColumnConstraint):
        return not constraint.args.get("allow_null")
    return isinstance(
        constraint, exp.PrimaryKeyColumnConstraint | exp.GeneratedAsIdentityColumnConstraint
    )


def _default(
    constraints: list[exp.Expr], declared: RedshiftType, translation_context: TranslationContext
) -> tuple[str | None, str | None]:
    """Return the default value, and the statement that creates the sequence of an IDENTITY."""
    for constraint in constraints:
        if isinstance(constraint, exp.DefaultColumnConstraint):
            value = constraint.this.unnest()
            value = value if is_untyped(value) else scalar(value, translation_context)
            return f"({duckdb_sql(converted(value, declared))})", None
        if isinstance(constraint, exp.GeneratedAsIdentityColumnConstraint):
            return _numbering(constraint)
    return None, None


def _numbering(identity: exp.Expr) -> tuple[str, str]:
    name = f"identity_{uuid.uuid4().hex}"
    start, step = identity.args["start"].sql(), identity.args["increment"].sql()
    lowest = f"MINVALUE {min(int(start), 0)}" if int(step) > 0 else ""
    sequence = f"CREATE SEQUENCE main.{name} START {start} INCREMENT {step} {lowest}"
    return f"nextval('main.{name}')", sequence


def like_definitions(columns: tuple[Column, ...], like: exp.Expr) -> list[Definition]:
    """Return the columns of `CREATE TABLE t (LIKE s [INCLUDING DEFAULTS])`."""
    defaults = any(option.args["value"].name.upper() == "DEFAULTS" for option in like.expressions)
    return [_copied(column, defaults=defaults) for column in columns]


def _copied(column: Column, *, defaults: bool) -> Definition:
    default = column.default if defaults and not column.identity else None
    parts = [
        f"{quoted_name(column.name)} {column.type.storage}",
        f"DEFAULT {default}" if default else "",
        "" if column.nullable else "NOT NULL",
    ]
    return Definition(" ".join(part for part in parts if part), column)
