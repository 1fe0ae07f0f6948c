"""Bars: histograms, small distributions of columns, and horizontal bars with names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from html_pages.drawings.svg import Frame, drawing, noted, scale, words
from html_pages.formats import number
from html_pages.html import Html

_SMALL_WIDTH, _SMALL_HEIGHT = 132, 34


def histogram(
    edges: Sequence[float], counts: Sequence[float], *, label: str, x_name: str, y_name: str
) -> Html:
    """Return a histogram with axes: one more edge than counts."""
    frame = Frame((edges[0], edges[-1]), (0, max(counts, default=0) or 1), x_name, y_name)
    to_x, to_y = frame.to_x, frame.to_y
    shapes = [
        noted(
            "rect",
            f"{number(low)} to {number(high)}: {number(count)}",
            x=f"{to_x(low) + 0.5:.1f}",
            y=f"{to_y(count):.1f}",
            width=f"{max(0.5, to_x(high) - to_x(low) - 1):.1f}",
            height=f"{to_y(0) - to_y(count):.1f}",
            class_="bar",
        )
        for low, high, count in zip(edges, edges[1:], counts, strict=False)
        if count
    ]
    return frame.drawn(label, *shapes)


def small_bars(counts: Sequence[tuple[str, float]], *, label: str) -> Html:
    """Return a small distribution without axes, for a row of a table."""
    most = max((count for _, count in counts), default=0) or 1
    width = _SMALL_WIDTH / max(8, len(counts))
    to_height = scale(0, most, 0, _SMALL_HEIGHT)
    shapes = [
        noted(
            "rect",
            f"{name}: {number(count)}",
            x=f"{place * width:.2f}",
            y=f"{_SMALL_HEIGHT - max(1.0, to_height(count)):.1f}",
            width=f"{max(1.0, width - 1):.2f}",
            height=f"{max(1.0, to_height(count)):.1f}",
            class_="bar",
        )
        for place, (name, count) in enumerate(counts)
        if count
    ]
    return drawing(_SMALL_WIDTH, _SMALL_HEIGHT, label, *shapes, class_="small")


def named_bars(values: Mapping[str, float], *, label: str) -> Html:
    """Return horizontal bars with their names and values, in the given order."""
    height, left, right = 24, 118, 60
    width = 340
    least, most = min(0.0, *values.values()), max(0.0, *values.values())
    to_x = scale(least, most, left, width - right)
    shapes: list[Html] = []
    for place, (name, value) in enumerate(values.items()):
        top = place * height + 4
        start, end = sorted((to_x(0), to_x(value)))
        shown = name if len(name) <= 17 else f"{name[:16]}…"
        shapes += [
            words(left - 8, top + 13, shown, anchor="end"),
            noted(
                "rect",
                f"{name}: {number(value)}",
                x=f"{start:.1f}",
                y=top,
                width=f"{max(1.0, end - start):.1f}",
                height=height - 6,
                class_="bar",
            ),
            words(width - right + 6, top + 13, number(value), anchor="start", class_="value"),
        ]
    return drawing(width, len(values) * height + 4, label, *shapes)
