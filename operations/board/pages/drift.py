"""Drift and quality over time: what the runs of monitoring pipelines measured."""

from __future__ import annotations

from execution_reader.definition import Definition
from html_pages.formats import number
from html_pages.html import Html, breakable, element, section, table
from operations.board.layout import View, link, note, title
from operations.board.run_history import metrics_section
from operations.board.runs import RunReader
from operations.environment_clients import EnvironmentClients
from operations.executions.drift_history import measures_drift
from operations.executions.lookup import pipelines
from operations.executions.quality_history import measures_quality, quality_history
from operations.output import utc

# The newest runs with labels that the page shows.
_RUNS = 10
_LABELS = ("joined", "missing", "late")


def drift(aws: EnvironmentClients, reader: RunReader) -> View:
    """Return the page."""
    parts: list[Html] = []
    for each in pipelines(aws):
        definition = reader.definition(each["PipelineName"])
        if measures_drift(definition):
            parts += _history(aws, reader, each["PipelineName"], definition)
    none = note("No pipeline measures drift.")
    return View("Drift", (title("Environment", "Drift over time"), *(parts or [none])))


def _history(
    aws: EnvironmentClients, reader: RunReader, name: str, definition: Definition
) -> list[Html]:
    short = aws.short(name)
    ways = element("p", "Measured by ", link(short, "pipelines", short), class_="note")
    shown = metrics_section(reader.page(name, definition), identifier=f"metrics-{short}")
    found = [ways, shown or note(f"No run of {short} has measured drift yet.")]
    if measures_quality(definition) and (quality := _quality(aws, name)):
        found.append(quality)
    return found


def _quality(aws: EnvironmentClients, name: str) -> Html | None:
    """Return the labels and the quality of the newest runs."""
    runs = quality_history(aws, name, _RUNS)
    names = list(dict.fromkeys(metric for run in runs for metric in run.metrics))
    rows = [
        [
            link(run.execution_id, "runs", run.execution_id),
            utc(run.started),
            run.outcome,
            *(number(run.labels.get(each)) for each in _LABELS),
            *(number(run.metrics.get(each)) for each in names),
        ]
        for run in runs
    ]
    titles = ("Run", "Started", "Outcome", *map(str.title, _LABELS), *map(breakable, names))
    caption = f"Labels of {aws.short(name)} and quality on labelled requests, the newest first"
    return section(
        f"quality-{aws.short(name)}",
        "Quality on labelled requests",
        table(caption, titles, rows, numbers=len(_LABELS) + len(names)),
    )
