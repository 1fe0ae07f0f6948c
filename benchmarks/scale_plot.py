"""Draws time and memory by the number of rows, as an SVG file that needs nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.scale_model import (
    PLAIN,
    PREDICTION,
    PREPARATION,
    TRAINING,
    Measurement,
    Measurements,
)
from html_pages.html import Html, element, joined

WIDTH, HEIGHT, LEFT, TOP, PANEL = 860, 330, 70, 50, 300
# The gap between the panels.
GAP = 110
COLOURS = {PREPARATION: "#2f6fbb", PLAIN: "#8a94a3", TRAINING: "#c2571a", PREDICTION: "#2f8a57"}


@dataclass(frozen=True)
class _Panel:
    """A chart with logarithmic axes, whose left edge is at `left`. The ends are powers of 10."""

    left: int
    title: str
    rows: tuple[int, int]
    values: tuple[int, int]

    def point(self, rows: float, value: float) -> tuple[float, float]:
        """The position of a measurement."""
        across = (math.log10(rows) - self.rows[0]) / (self.rows[1] - self.rows[0])
        up = (math.log10(value) - self.values[0]) / (self.values[1] - self.values[0])
        return self.left + across * PANEL, TOP + (1 - up) * (HEIGHT - TOP - 70)

    def axes(self) -> Iterator[Html]:
        """Yield the title, the lines and the powers of 10."""
        bottom = self.point(10 ** self.rows[0], 10 ** self.values[0])[1]
        yield element("text", self.title, x=self.left, y=TOP - 16, font_weight="bold")
        for power in range(self.values[0], self.values[1] + 1):
            y = self.point(10 ** self.rows[0], 10**power)[1]
            yield _line((self.left, y), (self.left + PANEL, y))
            yield _label(f"{10**power:,}", self.left - 8, y + 4, "end")
        for power in range(self.rows[0], self.rows[1] + 1):
            x = self.point(10**power, 10 ** self.values[0])[0]
            yield _line((x, TOP), (x, bottom))
            yield _label(f"{10**power:,}", x, bottom + 18, "middle")
        yield _label("rows", self.left + PANEL / 2, bottom + 36, "middle")


def plot(measurements: Measurements) -> str:
    """Return the SVG: CPU seconds, and MiB above the imports, of each stage."""
    stages = {name: found for name in COLOURS if (found := measurements.of(name))}
    panels = (
        (_Panel(LEFT, "CPU seconds", (6, 8), (-1, 3)), "cpu_seconds"),
        (_Panel(LEFT + PANEL + GAP, "MiB above imports", (6, 8), (1, 4)), "mebibytes"),
    )
    shapes = [shape for panel, name in panels for shape in _drawn(panel, name, stages)]
    drawing = element(
        "svg",
        element("title", "Time and memory of each stage, from a million rows"),
        element("rect", width=WIDTH, height=HEIGHT, fill="#ffffff"),
        *shapes,
        *_legend(list(stages)),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        font_family="Helvetica, Arial, sans-serif",
        font_size="12",
        role="img",
    )
    return f"{drawing}\n"


def _drawn(panel: _Panel, value: str, stages: dict[str, tuple[Measurement, ...]]) -> Iterator[Html]:
    yield joined(panel.axes())
    for name, found in stages.items():
        points = [panel.point(each.rows, getattr(each, value)) for each in found]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield element("polyline", points=path, fill="none", stroke=COLOURS[name], stroke_width="2")
        for x, y in points:
            yield element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="3.5", fill=COLOURS[name])


def _legend(names: Sequence[str]) -> Iterator[Html]:
    for number, name in enumerate(names):
        x, y = LEFT + number * 170, HEIGHT - 14
        yield element("rect", x=x, y=y - 10, width=12, height=12, fill=COLOURS[name])
        yield _label(name, x + 18, y, "start")


def _line(start: tuple[float, float], end: tuple[float, float]) -> Html:
    (x1, y1), (x2, y2) = start, end
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return element("line", **{key: f"{at:.1f}" for key, at in ends.items()}, stroke="#d5dae1")


def _label(text: str, x: float, y: float, anchor: str) -> Html:
    return element("text", text, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, fill="#3d4a5c")
