"""Scatter plots."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from html_pages.drawings.svg import Frame
from html_pages.html import Html, element


def scatter(
    points: Sequence[tuple[float, float]],
    *,
    marked: Collection[int],
    label: str,
    names: tuple[str, str],
    has_x_values: bool = True,
) -> Html:
    """Return the points; `marked` are the places of those with another shape and colour."""
    ranges = [(min(values), max(values)) for values in zip(*points, strict=True)]
    frame = Frame(ranges[0], ranges[1], *names)
    plain = [place for place in range(len(points)) if place not in marked]
    # Marked points are fewer, so they are drawn above the others.
    shapes = [_shape(frame, *points[place], is_marked=False) for place in plain]
    shapes += [_shape(frame, *points[place], is_marked=True) for place in sorted(marked)]
    return frame.drawn(label, *shapes, has_x_values=has_x_values)


def _shape(frame: Frame, x: float, y: float, *, is_marked: bool) -> Html:
    across, down = frame.to_x(x), frame.to_y(y)
    if is_marked:
        path = f"M{across:.1f} {down - 4:.1f}l4 7h-8z"
        return element("path", d=path, class_="point marked")
    return element("circle", cx=f"{across:.1f}", cy=f"{down:.1f}", r=2.5, class_="point")
