"""Curves with a reference line, and the grid of predicted against actual values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from html_pages.drawings.svg import Frame, noted
from html_pages.formats import number
from html_pages.html import Html, element

Points = Sequence[tuple[float, float]]


def curve(
    points: Points,
    *,
    reference: Points,
    label: str,
    names: tuple[str, str],
    y: tuple[float, float] = (0.0, 1.0),
    x: tuple[float, float] = (0.0, 1.0),
    rows: Sequence[int] = (),
    has_x_values: bool = True,
) -> Html:
    """Return a curve; `reference` is a dashed line, `names` are those of the axes.

    With `rows`, the number of rows of each point, the points have marks.
    """
    frame = Frame(x, y, *names)
    shapes = [_line(frame, reference, "reference"), _line(frame, points, "curve")]
    if rows:
        shapes += _marks(frame, points, rows)
    return frame.drawn(label, *shapes, has_x_values=has_x_values)


def _marks(frame: Frame, points: Points, rows: Sequence[int]) -> Iterator[Html]:
    """Yield a mark for each point, whose area is the number of its rows."""
    for (x, y), count in zip(points, rows, strict=True):
        yield noted(
            "circle",
            f"{number(x)}: {number(y)} ({number(count)} rows)",
            cx=f"{frame.to_x(x):.1f}",
            cy=f"{frame.to_y(y):.1f}",
            r=f"{max(2.5, 6 * (count / max(rows)) ** 0.5):.1f}",
            class_="mark",
        )


def grid(
    edges: Sequence[float],
    cells: Sequence[tuple[int, int, int]],
    *,
    label: str,
    names: tuple[str, str],
) -> Html:
    """Return a grid whose cells (column, row, count) are stronger with more rows; `edges` are those
    of both axes."""
    ends = (edges[0], edges[-1])
    frame = Frame(ends, ends, *names)
    most = max((count for _, _, count in cells), default=1)
    shapes = [
        noted(
            "rect",
            f"{names[0]} {number(edges[x])} to {number(edges[x + 1])}, {names[1]} "
            f"{number(edges[y])} to {number(edges[y + 1])}: {count} rows",
            x=f"{frame.to_x(edges[x]):.1f}",
            y=f"{frame.to_y(edges[y + 1]):.1f}",
            width=f"{frame.to_x(edges[x + 1]) - frame.to_x(edges[x]):.1f}",
            height=f"{frame.to_y(edges[y]) - frame.to_y(edges[y + 1]):.1f}",
            # The square root shows cells with few rows, too.
            fill_opacity=f"{0.12 + 0.88 * (count / most) ** 0.5:.2f}",
            class_="cell",
        )
        for x, y, count in cells
    ]
    diagonal = [(ends[0], ends[0]), (ends[1], ends[1])]
    return frame.drawn(label, *shapes, _line(frame, diagonal, "reference"))


def _line(frame: Frame, points: Points, class_: str) -> Html:
    shown = " ".join(f"{frame.to_x(a):.1f},{frame.to_y(b):.1f}" for a, b in points)
    return element("polyline", points=shown, class_=class_)
