"""Sections about several runs of a pipeline: their table, and their values as plots and table."""

from __future__ import annotations

import math

from html_pages.drawings.svg import drawing
from html_pages.formats import NOTHING, duration, number
from html_pages.html import Html, breakable, element, section, table
from operations.board.drawings import Point, figure, line
from operations.board.layout import link, note
from operations.board.runs import Run, RunPage
from operations.output import utc
from run_report.sections.metrics import BASELINE_SUFFIXES
from run_report.statuses import shown_status, state_class

_MOST_PLOTS = 6
_BAR_WIDTH, _BAR_HEIGHT = 90, 12
_COLUMNS = ("Run", "Status", "Started", "Duration", "Version", "Reason", "Compare")


def runs_section(page: RunPage, pipeline: str, after: str | None) -> Html | None:
    """Return the runs of a page, the newest first, with links to the other pages."""
    if not page.runs:
        return section("runs", "Runs", note("The pipeline has not run yet."))
    longest = max((run.seconds or 0 for run in page.runs), default=0)
    earlier = [*page.runs[1:], None]
    rows = [_cells(run, before, longest) for run, before in zip(page.runs, earlier, strict=True)]
    ways = [
        link("Newest runs", "pipelines", pipeline) if after else None,
        link("Older runs", "pipelines", pipeline, after=page.older) if page.older else None,
    ]
    paging = element("p", *ways, class_="paging") if any(ways) else None
    return section("runs", "Runs", table("Runs, the newest first", _COLUMNS, rows), paging)


def metrics_section(
    page: RunPage, serves: int | None = None, *, identifier: str = "metrics"
) -> Html | None:
    """Return the values that the runs of a page measured; None if no run measured any.

    The runs that registered the version in service are marked.
    """
    runs = [run for run in reversed(page.runs) if run.values]
    names = _names(runs)
    if not names:
        return None
    marked = f" The ring marks version {serves}, which is in service." if serves is not None else ""
    plots = [_plot(name, runs, serves) for name in names]
    caption = "The same values, the newest run first"
    return section(
        identifier,
        "Metrics over the runs",
        note(f"The runs of this page that measured values, from the oldest to the newest.{marked}"),
        element("div", *plots, class_="plots"),
        table(
            caption,
            ("Run", "Version", *map(breakable, names)),
            [_values(run, names, serves) for run in reversed(runs)],
            numbers=len(names),
        ),
    )


def _names(runs: list[Run]) -> list[str]:
    """Return the first names of the newest run, without the values of baselines."""
    newest = runs[-1].values if runs else {}
    own = [name for name in newest if not name.endswith(BASELINE_SUFFIXES)]
    return own[:_MOST_PLOTS]


def _plot(name: str, runs: list[Run], serves: int | None) -> Html | None:
    points = [
        Point(
            place,
            run.values[name],
            f"{run.execution_id}, {utc(run.started)}: {number(run.values[name])}",
            marked=serves is not None and run.version == serves,
            class_=state_class(run.status),
        )
        for place, run in enumerate(runs)
        if math.isfinite(run.values.get(name, math.nan))
    ]
    if not points:
        return None
    label = f"{name} of {len(points)} runs; the table has the same values"
    drawn = line(points, label=label, x_name="runs, oldest to newest", y_name=name[:40])
    return figure(name, f"newest: {number(points[-1].value)}", drawn)


def _values(run: Run, names: list[str], serves: int | None) -> tuple[Html | str, ...]:
    version = NOTHING if run.version is None else str(run.version)
    if serves is not None and run.version == serves:
        version = f"{version} (in service)"
    shown = [number(run.values.get(name)) for name in names]
    return (link(run.execution_id, "runs", run.execution_id), version, *shown)


def _cells(run: Run, before: Run | None, longest: float) -> tuple[object, ...]:
    compared = (
        link("with the run before", "compare", a=before.execution_id, b=run.execution_id)
        if before
        else NOTHING
    )
    name = f" {run.display_name}" if run.display_name else ""
    return (
        element("span", link(run.execution_id, "runs", run.execution_id), name),
        element("span", shown_status(run.status), class_="nowrap"),
        element("span", utc(run.started), class_="nowrap"),
        element("span", _bar(run.seconds, longest), duration(run.seconds), class_="nowrap"),
        NOTHING if run.version is None else str(run.version),
        element("span", run.reason or NOTHING, class_="long"),
        compared,
    )


def _bar(seconds: float | None, longest: float) -> Html | None:
    if not seconds or not longest:
        return None
    share = max(2.0, seconds / longest * _BAR_WIDTH)
    bar = element("rect", width=f"{share:.1f}", height=_BAR_HEIGHT, rx=3, class_="bar")
    return drawing(
        _BAR_WIDTH,
        _BAR_HEIGHT,
        f"{duration(seconds)} of {duration(longest)}",
        bar,
        class_="duration",
    )
