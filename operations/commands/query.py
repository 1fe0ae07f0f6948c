"""`query`: run SQL in the warehouse through the Redshift Data API and show the rows."""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.options import Json
from operations.output import counted, print_rows
from operations.sql.statements import Result, StatementFailed, execute
from operations.sql.warehouses import find_warehouse

HELP = "Run one SQL statement in the warehouse: a table on a terminal, CSV in a pipe."
POLICY = "operator"
EXAMPLES = (
    'redline query "SELECT COUNT(*) FROM sales"',
    'redline query "SELECT * FROM sales" > sales.csv',
    "redline --env dev query --file report.sql --format json",
    "echo 'SELECT 1' | redline query -",
)
# The rows of a table on a terminal, unless --limit says otherwise.
_MOST_SHOWN = 1_000


class Format(StrEnum):
    """The formats of the output."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def run(
    aws: EnvironmentClients,
    sql: Annotated[
        str | None, typer.Argument(metavar="SQL", help="One statement for Redshift; - is stdin.")
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File with the statement, instead of SQL.")
    ] = None,
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format", help="Format of the rows (default: table on a terminal, csv in a pipe)."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="The most rows to print.")] = None,
    user: Annotated[
        str | None, typer.Option(help="Database user (default: the administrator).")
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="Database (default: the first of the warehouse).")
    ] = None,
    warehouse: Annotated[
        str | None, typer.Option(help="Cluster or workgroup, if several are deployed.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Show the rows. If the statement fails, print the error of the database and return 1."""
    shown = Format.JSON if as_json else format_ or _usual()
    statement = _statement(sql, file)
    target = find_warehouse(aws, warehouse).request(database=database, user=user)
    client = aws.clients("redshift-data")
    try:
        # Nothing is shown if stderr is not a terminal.
        with Console(stderr=True).status("The statement runs; Ctrl-C cancels it."):
            result = execute(client, statement, target, as_csv=shown is Format.CSV)
    except StatementFailed as error:
        print(error, file=sys.stderr)
        return 1
    _print(result, shown, limit)
    return 0


def _usual() -> Format:
    return Format.TABLE if sys.stdout.isatty() else Format.CSV


def _statement(sql: str | None, file: Path | None) -> str:
    if (sql is None) == (file is None):
        raise OperationError("pass one statement: SQL, --file FILE, or - for standard input")
    if file is not None:
        return file.read_text(encoding="utf-8")
    return sys.stdin.read() if sql == "-" else _text(str(sql))


def _text(argument: str) -> str:
    """Return an argument. In a locale without its characters, it is a text in UTF-8."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return os.fsencode(argument).decode("utf-8", errors="replace")
    return argument


def _print(result: Result, shown: Format, limit: int | None) -> None:
    if shown is Format.JSON:
        names, rows = _rows(result, limit)
        print(json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=2))
    elif not result.has_rows:
        print(f"Done, {result.rows} rows.", file=sys.stderr if shown is Format.CSV else None)
    elif shown is Format.CSV:
        _write(result, limit)
    else:
        _print_table(result, limit or _MOST_SHOWN)


def _write(result: Result, limit: int | None) -> None:
    """Write CSV as UTF-8 with its own line ends, whatever the locale."""
    for text in result.csv(limit):
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())


def _rows(result: Result, limit: int | None) -> tuple[list[str], list[list[Any]]]:
    names: list[str] = []
    rows: list[list[Any]] = []
    for names, more in result.pages() if result.has_rows else ():  # noqa: B007  # used below
        rows += more
        if limit is not None and len(rows) >= limit:
            break
    return names, rows[:limit]


def _print_table(result: Result, limit: int) -> None:
    """Print the rows and their number."""
    names, rows = _rows(result, limit)
    first = f"the first {len(rows)} of " if len(rows) < result.rows else ""
    print_rows(
        names,
        [["NULL" if value is None else str(value) for value in row] for row in rows],
        table=Table(),
    )
    print(f"{first}{counted(result.rows, 'row')}")
