"""A graph of steps, in layers from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from html_pages.drawings.svg import drawing, noted, words
from html_pages.html import Html, element

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 168, 46, 22, 30, 6
_MOST_CHARACTERS = 21
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A step in the drawing. `after` are the steps above it; `class_` is its class in style.css.

    `second_line` is below the name, and browsers show `note` under the pointer.
    """

    name: str
    after: tuple[str, ...]
    second_line: str
    note: str
    class_: str = ""


def graph(boxes: Sequence[Box], label: str) -> Html:
    """Return the drawing. A step is below all steps that it waits for."""
    rows = _rows(boxes)
    widest = max(len(row) for row in rows)
    width = widest * (_WIDTH + _GAP_X) - _GAP_X + 2 * _MARGIN
    height = len(rows) * (_HEIGHT + _GAP_Y) - _GAP_Y + 2 * _MARGIN
    places = {
        box.name: (_start(len(row), width) + place * (_WIDTH + _GAP_X), _top(level))
        for level, row in enumerate(rows)
        for place, box in enumerate(row)
    }
    lines = [_line(places[name], places[box.name]) for box in boxes for name in box.after]
    shapes = [_shape(box, places[box.name]) for box in boxes]
    return element(
        "div",
        drawing(width, height, label, *lines, *shapes, class_="graph"),
        style=f"min-width:{width * 0.8:.0f}px;max-width:{width}px",
    )


def _rows(boxes: Sequence[Box]) -> list[list[Box]]:
    levels: dict[str, int] = {}
    by_name = {box.name: box for box in boxes}

    def level(name: str) -> int:
        if name not in levels:
            levels[name] = 0  # a definition has no cycles; this ends the search even so
            levels[name] = max((level(each) + 1 for each in by_name[name].after), default=0)
        return levels[name]

    grouped: dict[int, list[Box]] = {}
    for box in boxes:
        grouped.setdefault(level(box.name), []).append(box)
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


def _shape(box: Box, place: Point) -> Html:
    x, y = place
    return element(
        "g",
        noted("rect", box.note, x=f"{x:.0f}", y=f"{y:.0f}", width=_WIDTH, height=_HEIGHT, rx=6),
        words(x + 12, y + 20, _clipped(box.name), anchor="start", class_="step"),
        words(x + 12, y + 37, box.second_line, anchor="start", class_="state"),
        class_=f"box {box.class_}".strip(),
    )


def _clipped(name: str) -> str:
    return name if len(name) <= _MOST_CHARACTERS else f"{name[: _MOST_CHARACTERS - 1]}…"
