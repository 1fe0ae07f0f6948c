"""The graph of the steps of an execution, in layers from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from run_report.drawings.svg import drawing, noted, words
from run_report.facts import Step
from run_report.formats import NOTHING, duration
from run_report.html import Html, element

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 168, 46, 22, 30, 6
_MOST_CHARACTERS = 21
SIGNS = {
    "Succeeded": "✓",
    "Failed": "✗",
    "Stopped": "■",
    "Executing": "▶",
    "Starting": "▶",
    "Stopping": "■",
}
Point = tuple[float, float]


def graph(steps: Sequence[Step], now: datetime) -> Html:
    """Return the drawing. A step is below all steps that it waits for."""
    rows = _rows(steps)
    widest = max(len(row) for row in rows)
    width = widest * (_WIDTH + _GAP_X) - _GAP_X + 2 * _MARGIN
    height = len(rows) * (_HEIGHT + _GAP_Y) - _GAP_Y + 2 * _MARGIN
    places = {
        step.name: (_start(len(row), width) + place * (_WIDTH + _GAP_X), _top(level))
        for level, row in enumerate(rows)
        for place, step in enumerate(row)
    }
    lines = [_line(places[name], places[step.name]) for step in steps for name in step.after]
    boxes = [_box(step, places[step.name], now) for step in steps]
    described = f"The {len(steps)} steps and their order; the table of the steps has the same facts"
    return element(
        "div",
        drawing(width, height, described, *lines, *boxes, class_="graph"),
        style=f"min-width:{width * 0.8:.0f}px;max-width:{width}px",
    )


def _rows(steps: Sequence[Step]) -> list[list[Step]]:
    levels: dict[str, int] = {}
    by_name = {step.name: step for step in steps}

    def level(name: str) -> int:
        if name not in levels:
            levels[name] = 0  # a definition has no cycles; this ends the search even so
            levels[name] = max((level(each) + 1 for each in by_name[name].after), default=0)
        return levels[name]

    rows: Mapping[int, list[Step]] = {}
    grouped: dict[int, list[Step]] = dict(rows)
    for step in steps:
        grouped.setdefault(level(step.name), []).append(step)
    return [grouped[each] for each in sorted(grouped)]


def _start(count: int, width: float) -> float:
    return (width - count * (_WIDTH + _GAP_X) + _GAP_X) / 2


def _top(level: int) -> float:
    return _MARGIN + level * (_HEIGHT + _GAP_Y)


def _line(start: Point, end: Point) -> Html:
    x1, y1 = start[0] + _WIDTH / 2, start[1] + _HEIGHT
    x2, y2 = end[0] + _WIDTH / 2, end[1]
    middle = (y1 + y2) / 2 if y2 - y1 <= _GAP_Y else y2 - _GAP_Y / 2
    curve = f"M{x1:.0f} {y1:.0f}C{x1:.0f} {middle:.0f} {x2:.0f} {middle:.0f} {x2:.0f} {y2:.0f}"
    return element("path", d=curve, class_="edge")


def _box(step: Step, place: Point, now: datetime) -> Html:
    x, y = place
    state = state_class(step.status)
    seconds = step.seconds(now)
    below = [step.status] if seconds is None else [step.status, duration(seconds)]
    if step.reused_from:
        below = ["Reused"]
    shown = f"{step.name}: {step.type}, {', '.join(below)}"
    return element(
        "g",
        noted("rect", shown, x=f"{x:.0f}", y=f"{y:.0f}", width=_WIDTH, height=_HEIGHT, rx=6),
        words(x + 12, y + 20, _clipped(step.name), anchor="start", class_="step"),
        words(
            x + 12,
            y + 37,
            f"{SIGNS.get(step.status, NOTHING)} {' · '.join(below)}",
            anchor="start",
            class_="state",
        ),
        class_=f"box {state}",
    )


def state_class(status: str) -> str:
    """Return the class of a status in style.css."""
    return status.lower().replace(" ", "-")


def _clipped(name: str) -> str:
    return name if len(name) <= _MOST_CHARACTERS else f"{name[: _MOST_CHARACTERS - 1]}…"
