"""`drift`: show what the runs of a monitoring pipeline measured."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from html_pages.formats import NOTHING, number
from operations.environment_clients import EnvironmentClients
from operations.executions.drift_history import ColumnDrift, DriftRun, columns_of, drift_history
from operations.executions.lookup import find_pipeline
from operations.monitoring_output import show_runs
from operations.options import Json, PipelineName
from operations.output import print_rows, utc

HELP = "Show the drift that the runs of a monitoring pipeline measured, per run and per column."
POLICY = "reader"
EXAMPLES = (
    "redline drift tickit-monitor",
    "redline --env prod drift tickit-monitor --limit 30 --json",
)
_SHOWN_VALUES = 5
_RUN_TITLES = ("run", "started", "status", "rows", "drifted", "broken", "largest distance")


def run(
    aws: EnvironmentClients,
    pipeline: PipelineName,
    *,
    limit: Annotated[int, typer.Option(min=1, help="The number of newest runs to read.")] = 10,
    as_json: Json = False,
) -> int:
    """Show the runs, the columns and the alarms. Return 0 also if drift was found."""
    name = find_pipeline(aws, pipeline)
    definition, runs = drift_history(aws, name, limit)
    columns = columns_of(definition, runs)
    show_runs(aws, name, runs, partial(_print, runs, columns), as_json=as_json, columns=columns)
    return 0


def _print(runs: list[DriftRun], columns: list[ColumnDrift], console: Console) -> None:
    print_rows(_RUN_TITLES, map(_run_cells, runs))
    if columns:
        console.print(f"\nColumns: the newest {_SHOWN_VALUES} values, the newest first")
        print_rows(("column", "measure", "values", "limit", "found in"), map(_cells, columns))


def _run_cells(run: DriftRun) -> tuple[str, ...]:
    found = run.document
    head = (run.execution_id, utc(run.started), run.status)
    if found is None:
        return (*head, *(NOTHING,) * 4)
    metrics = found.get("drift_metrics", {})
    return (
        *head,
        number(found.get("rows")),
        ", ".join(found.get("drifted_columns", ())) or NOTHING,
        ", ".join(found.get("broken_columns", ())) or NOTHING,
        number(metrics.get("largest_distance", {}).get("value")),
    )


def _cells(column: ColumnDrift) -> tuple[str, ...]:
    values = ", ".join(number(each) for each in column.values[:_SHOWN_VALUES])
    limit = "of the baseline" if column.limit is None else f"{column.limit:g}"
    return (column.column, column.measure, values, limit, ", ".join(column.found))
