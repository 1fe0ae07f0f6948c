"""The first page: the pipelines with their last runs, the versions in service, and the alarms."""

from __future__ import annotations

from typing import Any

from html_pages.formats import NOTHING
from html_pages.html import Html, element, section, table
from operations.alarm_states import alarm_states
from operations.board.layout import View, link, note, title
from operations.board.pages.alarms import alarm_table
from operations.environment_clients import EnvironmentClients
from operations.output import utc
from operations.overview import (
    PipelineOverview,
    RecentRun,
    last_run_text,
    pipeline_overviews,
    versions_text,
)
from run_report.statuses import sign, state_class

_RUNS = 10
_COLUMNS = ("Pipeline", f"Last {_RUNS} runs", "Newest run", "Versions", "Endpoint", "Schedule")


def overview(aws: EnvironmentClients) -> View:
    """Return the page."""
    found = pipeline_overviews(aws, runs=_RUNS)
    on = [each for each in alarm_states(aws) if each.is_on]
    alarms = alarm_table(on, "Alarms that are on") if on else note("No alarm is on.")
    shown = (
        table("The pipelines, and their runs from the oldest to the newest", _COLUMNS,
              [_cells(aws, each) for each in found])
        if found
        else note(f"{aws.name} has no pipelines in {aws.region}: it is not deployed.")
    )  # fmt: skip
    return View(
        "Overview",
        (
            title("Environment", aws.name),
            section("pipelines", "Pipelines", shown),
            section("alarms", "Alarms", alarms),
        ),
    )


def _cells(aws: EnvironmentClients, each: PipelineOverview) -> tuple[Any, ...]:
    name = aws.short(each.pipeline)
    last = each.last_run
    return (
        link(name, "pipelines", name),
        _states(each) if last else NOTHING,
        element("span", last_run_text(last), class_="nowrap"),
        versions_text(each) or NOTHING,
        each.endpoint_status or NOTHING,
        each.schedule or NOTHING,
    )


def _states(overview: PipelineOverview) -> Html:
    """Return the states of the runs, the oldest first, as links to the runs."""
    links = [_state(overview.pipeline, each) for each in reversed(overview.recent_runs)]
    return element("ul", *links, class_="states")


def _state(pipeline: str, run: RecentRun) -> Html:
    described = f"{run.status} {utc(run.started)} ({pipeline})"
    return element(
        "li",
        element(
            "a",
            sign(run.status),
            href=f"/runs/{run.execution_id}",
            title=described,
            aria_label=described,
            class_=state_class(run.status),
        ),
    )
