"""`describe`: show an execution with its causes, steps, metrics, gates and model package."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import find_execution
from operations.executions.progress import print_json, wait
from operations.executions.report import print_report
from operations.executions.summary import summarise
from operations.options import Execution, Json

HELP = "Show an execution: who started it, steps, metrics, quality gate, and model package."
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
    summary = summarise(aws, arn)
    if as_json:
        print_json(summary)
    else:
        print_report(summary, Console(highlight=False))
    return 0
