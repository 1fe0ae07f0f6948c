"""`compare`: show two runs side by side."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from html_pages.formats import NOTHING
from operations.environment_clients import EnvironmentClients
from operations.executions.comparison import Row, compare
from operations.executions.facts import facts_of
from operations.options import Json
from operations.output import print_rows, show

HELP = "Show two runs side by side: parameters, data, metrics, gates, steps, origin and cost."
POLICY = "reader"
EXAMPLES = (
    "redline compare ltuj5y8tik7w tickit/latest",
    "redline --env prod compare ltuj5y8tik7w 0qzu0x1fjd3p --json",
)


def run(
    aws: EnvironmentClients,
    first: Annotated[str, typer.Argument(metavar="RUN_A", help="A run, as for `describe`.")],
    second: Annotated[str, typer.Argument(metavar="RUN_B", help="Another run.")],
    *,
    as_json: Json = False,
) -> int:
    """Show the comparison. A sign marks what differs although equal runs would have it equal."""
    both = facts_of(aws, first), facts_of(aws, second)
    sections, ids = compare(both), [each.execution_id for each in both]
    if as_json:
        found = {
            each.identifier: [{**asdict(row), "differs": row.differs} for row in each.rows]
            for each in sections
        }
        show({"executions": ids, **found}, text="", as_json=True)
        return 0
    console = Console(highlight=False)
    for section in sections:
        console.print(f"\n{section.name}", style="bold", markup=False)
        print_rows(("", "", *ids, "difference"), map(_cells, section.rows))
    return 0


def _cells(row: Row) -> tuple[str, ...]:
    mark = "≠" if row.differs else ""
    return (mark, row.name, row.a or NOTHING, row.b or NOTHING, row.difference)
