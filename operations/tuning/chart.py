"""Draws the objective of each training job, and the best until then, as SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT = 720, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 20, 40, 50
_STYLE = """
  text { font: 13px sans-serif; fill: #333 }
  .axis { stroke: #888 } .best { stroke: #06c; fill: none }
  .done { fill: #06c } .stopped { fill: none; stroke: #c60 } .background { fill: #fff }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd } .background { fill: #181818 } .best { stroke: #6bf } .done { fill: #6bf }
  }
"""


def chart(trials: Sequence[dict[str, Any]], *, metric: str, maximize: bool) -> str:
    """Return an SVG document. A circle that is not filled is a job that was stopped early."""
    points = [(each["number"], each["objective"], each["status"]) for each in trials]
    points = [point for point in points if point[1] is not None]
    goal = "highest" if maximize else "lowest"
    title = f"{metric} of each training job; the line is the {goal} value until then"
    shapes = [] if not points else _shapes(points, maximize=maximize)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style>",
            f'<rect class="background" width="{_WIDTH}" height="{_HEIGHT}"/>',
            f'<text x="{_LEFT}" y="22">{escape(title)}</text>',
            *shapes,
            "</svg>\n",
        ]
    )


def _shapes(points: Sequence[tuple[int, float, str]], *, maximize: bool) -> Iterable[str]:
    values = [value for _, value, _ in points]
    x = _scale(1, max(2, points[-1][0]), _LEFT, _WIDTH - _RIGHT)
    y = _scale(min(values), max(values), _HEIGHT - _BOTTOM, _TOP)
    base = _HEIGHT - _BOTTOM
    yield f'<path class="axis" d="M{_LEFT} {_TOP}V{base}H{_WIDTH - _RIGHT}" fill="none"/>'
    for value in (min(values), max(values)):
        yield f'<text x="{_LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.4g}</text>'
    for number in (1, points[-1][0]):
        where = f'x="{x(number):.1f}" y="{base + 20}"'
        yield f'<text {where} text-anchor="middle">{number}</text>'
    yield f'<text x="{_WIDTH // 2}" y="{_HEIGHT - 8}" text-anchor="middle">training job</text>'
    yield _best_line(points, x, y, maximize=maximize)
    for number, value, status in points:
        kind = "done" if status == "Completed" else "stopped"
        center = f'cx="{x(number):.1f}" cy="{y(value):.1f}"'
        note = f"<title>{number}: {value:.6g} ({escape(status)})</title>"
        yield f'<circle class="{kind}" {center} r="4">{note}</circle>'


def _best_line(
    points: Sequence[tuple[int, float, str]],
    x: Callable[[float], float],
    y: Callable[[float], float],
    *,
    maximize: bool,
) -> str:
    best, steps = points[0][1], []
    for number, value, _ in points:
        best = max(best, value) if maximize else min(best, value)
        steps.append(f"{x(number):.1f} {y(best):.1f}")
    return f'<polyline class="best" points="{" ".join(steps)}"/>'


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Return the linear map from `low`…`high` to `start`…`end`."""
    span = (high - low) or 1
    return lambda value: start + (value - low) / span * (end - start)
