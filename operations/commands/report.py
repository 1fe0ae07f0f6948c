"""`report`: write the report of an execution, also while it runs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from operations.environment_clients import EnvironmentClients
from operations.executions.facts import facts_of
from operations.options import Execution, Json
from operations.output import show
from run_report import page

HELP = "Write the report of an execution as one HTML file, also while the execution runs."
POLICY = "reader"
EXAMPLES = ("redline report latest", "redline --env prod report tickit/latest -o report.html")


def run(
    aws: EnvironmentClients,
    execution: Execution,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            show_default=False,
            help="File to write (default: report-EXECUTION.html in this folder).",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Write the file, and print its name or the facts."""
    facts = facts_of(aws, execution)
    file = output or Path(f"report-{facts.execution_id}.html")
    file.write_text(page(facts), encoding="utf-8")
    text = f"{facts.pipeline} {facts.execution_id} ({facts.status}): {file}"
    show({"file": str(file), **asdict(facts)}, text=text, as_json=as_json)
    return 0
