"""`describe`: show an execution, its causes, results and differences from the previous one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from html_pages.formats import NOTHING
from operations.environment_clients import EnvironmentClients
from operations.executions.facts import facts_of
from operations.executions.lookup import find_execution
from operations.executions.previous import PreviousRun, origin_of, previous_run
from operations.executions.progress import wait
from operations.executions.report import print_report
from operations.executions.summary import summarise
from operations.options import Execution, Json
from operations.output import show, visible
from run_report.facts import Facts
from run_report.row_counts import extracted_days

HELP = "Show an execution: who started it, steps, metrics, quality gate, and model package."
POLICY = "reader"
EXAMPLES = (
    "redline describe latest",
    "redline --env prod describe tickit/latest --follow",
    "redline describe latest --json | jq .gates",
)


def run(
    aws: EnvironmentClients,
    execution: Execution,
    *,
    follow: Annotated[
        bool,
        typer.Option("--follow", help="Follow it until it ends (exit code 1 if it fails)."),
    ] = False,
    as_json: Json = False,
) -> int:
    """Show the execution."""
    arn = find_execution(aws, execution)
    if follow:
        return wait(aws, arn, json=as_json)
    summary, facts = summarise(aws, arn), facts_of(aws, arn)
    # A running execution differs in what it has not done yet.
    before = None if facts.is_running else previous_run(aws, facts)
    origin = origin_of(facts)
    if as_json:
        previous = asdict(before) if before else None
        show({**asdict(summary), "origin": origin, "previous": previous}, text="", as_json=True)
        return 0
    console = Console(highlight=False)
    print_report(summary, console)
    for line in (*_days(facts), *_lines(origin, before)):
        console.print(visible(line), soft_wrap=True, markup=False)
    return 0


def _days(facts: Facts) -> Iterator[str]:
    """Yield the days that incremental extractions unloaded, and those of the lake."""
    yield from (f"{step}: {days}" for step, days in extracted_days(facts).items())


def _lines(origin: Mapping[str, str], before: PreviousRun | None) -> Iterator[str]:
    """Yield the origin, and what differs from the previous run."""
    yield from (f"{name}: {value}" for name, value in origin.items())
    if before is None:
        return
    yield f"\nDifferences from the previous run {before.execution_id}:"
    for row in before.differences:
        yield f"  {row.name}: {row.a or NOTHING} → {row.b or NOTHING}"
    if not before.differences:
        yield "  none, except for durations"
