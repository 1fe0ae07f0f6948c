"""The steps: their graph, and a table with a bar for the time in which each of them ran."""

from __future__ import annotations

from html_pages.drawings.graph import Box, graph
from html_pages.drawings.svg import drawing
from html_pages.formats import NOTHING, duration
from html_pages.html import Html, element, scrollable, section, table
from run_report.facts import Facts, Step
from run_report.statuses import sign, state_class

_WIDTH, _HEIGHT = 160, 12


def steps(facts: Facts) -> Html | None:
    """Return the section."""
    if not facts.steps:
        return None
    described = (
        f"The {len(facts.steps)} steps and their order; the table of the steps has the same facts"
    )
    steps_graph = graph([_box(step, facts) for step in facts.steps], described)
    drawn = scrollable(steps_graph, label="Graph of the steps")
    rows = [_cells(step, facts) for step in facts.steps]
    columns = ("Step", "Status", "Time of the run", "Duration")
    shown = table("Steps of the run", columns, rows, numbers=1)
    return section("steps", "Steps", element("div", drawn, shown, class_="steps"))


def _box(step: Step, facts: Facts) -> Box:
    seconds = step.seconds(facts.read_at)
    state = [step.status] if seconds is None else [step.status, duration(seconds)]
    if step.reused_from:
        state = ["Reused"]
    return Box(
        name=step.name,
        after=step.after,
        second_line=f"{sign(step.status)} {' · '.join(state)}",
        note=f"{step.name}: {step.type}, {', '.join(state)}",
        class_=state_class(step.status),
    )


def _cells(step: Step, facts: Facts) -> tuple[object, ...]:
    status = f"{sign(step.status)} {step.status}"
    if step.attempts > 1:
        status = f"{status}, {step.attempts} attempts"
    if step.reused_from:
        status = f"{status}, reused from {step.reused_from}"
    seconds = None if step.reused_from else step.seconds(facts.read_at)
    return step.name, status, _bar(step, facts), duration(seconds)


def _bar(step: Step, facts: Facts) -> object:
    if step.started is None or step.reused_from or not facts.seconds:
        return NOTHING
    # A retried execution may have steps from before its last start.
    start = max(0.0, (step.started - facts.started).total_seconds() / facts.seconds)
    length = (step.seconds(facts.read_at) or 0) / facts.seconds
    x = min(start, 1) * _WIDTH
    width = min(max(2.0, length * _WIDTH), _WIDTH - min(x, _WIDTH - 2))
    label = f"from {start:.0%} to {min(1.0, start + length):.0%} of the run"
    track = element("rect", width=_WIDTH, height=_HEIGHT, rx=3, class_="track")
    bar = element(
        "rect",
        x=f"{min(x, _WIDTH - 2):.1f}",
        width=f"{width:.1f}",
        height=_HEIGHT,
        rx=3,
        class_="bar",
    )
    return drawing(_WIDTH, _HEIGHT, label, track, bar, class_="timeline")
