"""The tables and views of the warehouse after all migrations, with their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from warehouse.query_columns import DEFAULT_SCHEMA, DIALECT, Columns, Table, columns_read
from warehouse.schema import Migration, MigrationError

_CHANGES_TABLES = re.compile(
    r"(CREATE(\s+OR\s+REPLACE)?|ALTER|DROP)\s+(TABLE|VIEW)\b", re.IGNORECASE
)
# sqlglot does not read DISTKEY and SORTKEY in the definition of a column.
_COLUMN_KEY = re.compile(r"\b(DISTKEY|SORTKEY)\b(?!\s*\()", re.IGNORECASE)


@dataclass
class Tables:
    """`columns` are the columns of each table and view; `views` what each view reads."""

    columns: dict[Table, tuple[str, ...]] = field(default_factory=dict)
    views: dict[Table, Columns] = field(default_factory=dict)


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
            tables.columns.pop(_table(each), None)
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
    if isinstance(named, exp.Schema):
        tables.columns[table] = tuple(_column_names(named))
    elif query is not None:
        tables.columns[table] = tuple(query.named_selects)
    else:
        raise _UnknownForm("CREATE without columns")


def _column_names(schema: exp.Schema) -> Iterator[str]:
    for each in schema.expressions:
        if isinstance(each, exp.LikeProperty):
            raise _UnknownForm("LIKE")
        if isinstance(each, exp.ColumnDef | exp.Identifier):
            yield each.name


def _alter(action: exp.Expr, table: Table, tables: Tables) -> None:
    columns = tables.columns[table]
    if isinstance(action, exp.ColumnDef):
        tables.columns[table] = (*columns, action.name)
    elif isinstance(action, exp.Drop):
        dropped = {each.name for each in action.args["tables"]}
        tables.columns[table] = tuple(each for each in columns if each not in dropped)
    elif isinstance(action, exp.RenameColumn):
        new = {action.this.name: action.args["to"].name}
        tables.columns[table] = tuple(new.get(each, each) for each in columns)
    elif isinstance(action, exp.AlterRename):
        tables.columns[(table[0], action.this.name)] = tables.columns.pop(table)


def _table(named: exp.Expr) -> Table:
    return (named.args["db"].name if named.args.get("db") else DEFAULT_SCHEMA, named.name)
