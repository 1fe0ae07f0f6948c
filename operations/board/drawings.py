"""Drawings of values over runs and over time, in the frame of the run report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from html_pages.drawings.svg import Frame, noted
from html_pages.html import Html, element

# The part of the range that is empty above and below the values.
_SPACE = 0.08


@dataclass(frozen=True)
class Point:
    """A value at a place of the horizontal axis. `marked` has a ring; browsers show the note."""

    x: float
    value: float
    note: str
    marked: bool = False
    class_: str = ""


def line(
    points: Sequence[Point],
    *,
    label: str,
    x_name: str,
    y_name: str,
    x: tuple[float, float] | None = None,
    from_zero: bool = False,
) -> Html:
    """Return a line with a mark for each point, which are sorted by `x`; `from_zero` as counts."""
    ends = x or (points[0].x - 0.5, points[-1].x + 0.5)
    frame = Frame(ends, _range([each.value for each in points], from_zero), x_name, y_name)
    places = [(frame.to_x(each.x), frame.to_y(each.value)) for each in points]
    path = element(
        "polyline", points=" ".join(f"{a:.1f},{b:.1f}" for a, b in places), class_="curve"
    )
    marks = [
        noted(
            "circle", each.note, cx=f"{a:.1f}", cy=f"{b:.1f}", r=4,
            class_=f"mark point {each.class_}".strip(),
        )
        for each, (a, b) in zip(points, places, strict=True)
    ]  # fmt: skip
    rings = [
        element("circle", cx=f"{a:.1f}", cy=f"{b:.1f}", r=8, class_="serving")
        for each, (a, b) in zip(points, places, strict=True)
        if each.marked
    ]
    return frame.drawn(label, path, *rings, *marks, has_x_values=False)


def figure(title: str, explanation: str, drawing: Html) -> Html:
    """Return a drawing with its title."""
    caption = element("figcaption", element("strong", title), explanation)
    return element("figure", caption, drawing)


def _range(values: Sequence[float], from_zero: bool) -> tuple[float, float]:
    low, high = min(values), max(values)
    if from_zero:
        return 0.0, max(high * (1 + _SPACE), 1.0)
    space = (high - low) * _SPACE or abs(high) * _SPACE or 1.0
    # Counts and errors are never negative, so their axis does not begin below 0.
    return (max(0.0, low - space) if low >= 0 else low - space), high + space
