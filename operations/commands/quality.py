"""`quality`: show the quality of models on requests whose labels have arrived."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from html_pages.formats import number
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import find_pipeline
from operations.executions.quality_history import QualityRun, quality_history
from operations.monitoring_output import show_runs
from operations.options import Json, PipelineName
from operations.output import print_rows, utc

HELP = "Show the quality of models that a monitoring pipeline measured on labelled requests."
POLICY = "reader"
EXAMPLES = (
    "redline quality census-monitor",
    "redline --env prod quality tickit-monitor --limit 30 --json",
)
_SHOWN_VALUES = 5
_COUNTS = ("predicted", "joined", "missing", "late", "invalid", "unreadable")
_RUN_TITLES = ("run", "started", "status", *_COUNTS, "outcome")


def run(
    aws: EnvironmentClients,
    pipeline: PipelineName,
    *,
    limit: Annotated[int, typer.Option(min=1, help="The number of newest runs to read.")] = 10,
    as_json: Json = False,
) -> int:
    """Show the runs, their labels, the metrics and the alarms. Return 0 also for low quality."""
    name = find_pipeline(aws, pipeline)
    runs = quality_history(aws, name, limit)
    show_runs(aws, name, runs, partial(_print, runs), as_json=as_json)
    return 0


def _print(runs: list[QualityRun], console: Console) -> None:
    print_rows(_RUN_TITLES, map(_cells, runs))
    for each in filter(lambda each: each.reason, runs):
        console.print(f"{each.execution_id}: {each.reason}", markup=False)
    if rows := _metric_rows(runs):
        console.print(f"\nMetrics: the newest {_SHOWN_VALUES} values, the newest first")
        print_rows(("metric", "values"), rows)


def _cells(run: QualityRun) -> tuple[str, ...]:
    counts = (number(run.labels.get(name)) for name in _COUNTS)
    return (run.execution_id, utc(run.started), run.status, *counts, run.outcome)


def _metric_rows(runs: list[QualityRun]) -> list[tuple[str, str]]:
    measured = [run.metrics for run in runs if run.metrics]
    names = dict.fromkeys(name for metrics in measured for name in metrics)
    return [
        (name, ", ".join(number(each.get(name)) for each in measured[:_SHOWN_VALUES]))
        for name in names
    ]
