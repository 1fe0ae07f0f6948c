"""The tables and views of the warehouse after all migrations, with their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from warehouse.query_columns import DEFAULT_SCHEMA, DIALECT, Columns, Table, columns_read
from warehouse.query_types import ColumnType, Types, result_types
from warehouse.schema import Migration, MigrationError

_CHANGES_TABLES = re.compile(
    r"(CREATE(\s+OR\s+REPLACE)?|ALTER|DROP)\s+(TABLE|VIEW)\b", re.IGNORECASE
)
# sqlglot does not read DISTKEY and SORTKEY in the definition of a column.
_COLUMN_KEY = re.compile(r"\b(DISTKEY|SORTKEY)\b(?!\s*\()", re.IGNORECASE)


@dataclass
class Tables:
    """`types` are the columns of each table and view, and `views` what each view reads."""

    types: dict[Table, Types] = field(default_factory=dict)
    views: dict[Table, Columns] = field(default_factory=dict)

    @property
    def columns(self) -> dict[Table, tuple[str, ...]]:
        """The names of the columns."""
        return {table: tuple(columns) for table, columns in self.types.items()}


def tables_after(migrations: Sequence[Migration]) -> Tables:
    """Return the tables and views that exist after all migrations.

    Raises:
        MigrationError: a statement that changes tables has a form that is not known.
    """
    tables = Tables()
    for migration in migrations:
        for statement in migration.statements:
            if _CHANGES_TABLES.match(statement):
                try:
                    _apply(
                        sqlglot.parse_one(_COLUMN_KEY.sub("", statement), dialect=DIALECT), tables
                    )
                except (SqlglotError, _UnknownForm) as error:
                    raise MigrationError(
                        f"{migration.name}: the columns of its tables cannot be found in "
                        f"{' '.join(statement.split())[:80]!r} ({error}): write CREATE, ALTER or "
                        "DROP of a TABLE or VIEW in a form that sqlglot reads"
                    ) from error
    return tables


class _UnknownForm(Exception):
    """A statement whose effect on the columns of tables is not known."""


def _apply(statement: exp.Expr, tables: Tables) -> None:
    if isinstance(statement, exp.Create):
        _create(statement, tables)
    elif isinstance(statement, exp.Drop):
        for each in statement.args["tables"]:
            tables.types.pop(_table(each), None)
            tables.views.pop(_table(each), None)
    elif isinstance(statement, exp.Alter):
        for action in statement.args["actions"]:
            _alter(action, _table(statement.this), tables)
    else:
        raise _UnknownForm(type(statement).__name__)


def _create(statement: exp.Create, tables: Tables) -> None:
    named, query = statement.this, statement.args.get("expression")
    table = _table(named.this if isinstance(named, exp.Schema) else named)
    if query is not None and statement.args["kind"] == "VIEW":
        tables.views[table] = columns_read(query.sql(DIALECT), tables.columns)
    found = result_types(query, tables.types) if query is not None else {}
    if isinstance(named, exp.Schema):
        declared = dict(_declared(named))
        # A view may rename the columns of its query.
        tables.types[table] = (
            dict(zip(declared, found.values(), strict=True)) if found else declared
        )
    elif query is not None:
        tables.types[table] = found
    else:
        raise _UnknownForm("CREATE without columns")


def _declared(schema: exp.Schema) -> Iterator[tuple[str, ColumnType]]:
    for each in schema.expressions:
        if isinstance(each, exp.LikeProperty):
            raise _UnknownForm("LIKE")
        if isinstance(each, exp.ColumnDef):
            yield each.name, _type(each)
        elif isinstance(each, exp.Identifier):
            yield each.name, ColumnType("")


def _type(column: exp.ColumnDef) -> ColumnType:
    kinds = [each.kind for each in column.constraints]
    required = any(
        isinstance(each, exp.PrimaryKeyColumnConstraint)
        or (isinstance(each, exp.NotNullColumnConstraint) and not each.args.get("allow_null"))
        for each in kinds
    )
    return ColumnType(column.kind.sql(DIALECT) if column.kind else "", required=required)


def _alter(action: exp.Expr, table: Table, tables: Tables) -> None:
    columns = tables.types[table]
    if isinstance(action, exp.ColumnDef):
        tables.types[table] = {**columns, action.name: _type(action)}
    elif isinstance(action, exp.Drop):
        dropped = {each.name for each in action.args["tables"]}
        tables.types[table] = {k: each for k, each in columns.items() if k not in dropped}
    elif isinstance(action, exp.RenameColumn):
        new = {action.this.name: action.args["to"].name}
        tables.types[table] = {new.get(k, k): each for k, each in columns.items()}
    elif isinstance(action, exp.AlterRename):
        tables.types[(table[0], action.this.name)] = tables.types.pop(table)


def _table(named: exp.Expr) -> Table:
    return (named.args["db"].name if named.args.get("db") else DEFAULT_SCHEMA, named.name)
