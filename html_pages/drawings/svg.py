"""The parts of a drawing: the frame, scales and labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from html_pages.formats import number
from html_pages.html import Html, element, joined

Scale = Callable[[float], float]
WIDTH, HEIGHT = 340, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 14, 10, 42


def drawing(width: float, height: float, label: str, *shapes: Any, class_: str = "plot") -> Html:
    """Return an SVG element; `label` says what it shows."""
    return element(
        "svg",
        *shapes,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=label,
        class_=class_,
    )


def scale(low: float, high: float, start: float, end: float) -> Scale:
    """Return the linear map from `low`…`high` to `start`…`end`."""
    span = (high - low) or 1.0
    return lambda value: start + (value - low) / span * (end - start)


def words(x: float, y: float, text: str, *, anchor: str = "middle", class_: str = "label") -> Html:
    """Return a text with its anchor at a point."""
    return element("text", text, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, class_=class_)


def noted(name: str, note: str, /, **attributes: Any) -> Html:
    """Return a shape with a note that browsers show under the pointer."""
    return element(name, element("title", note), **attributes)


@dataclass(frozen=True)
class Frame:
    """A plot with two axes: the ranges of the data, and the names of the axes."""

    x: tuple[float, float]
    y: tuple[float, float]
    x_name: str
    y_name: str

    @property
    def to_x(self) -> Scale:
        """The map to horizontal positions."""
        return scale(*self.x, _LEFT, WIDTH - _RIGHT)

    @property
    def to_y(self) -> Scale:
        """The map to vertical positions."""
        return scale(*self.y, HEIGHT - _BOTTOM, _TOP)

    def drawn(self, label: str, *shapes: Any, has_x_values: bool = True) -> Html:
        """Return the drawing of the shapes in the frame."""
        left, right, base = _LEFT, WIDTH - _RIGHT, HEIGHT - _BOTTOM
        ticks = [
            words(left - 6, self.to_y(value) + 4, number(_short(value)), anchor="end")
            for value in (self.y[0], sum(self.y) / 2, self.y[1])
        ]
        if has_x_values:
            ends = zip(self.x, (left, right), ("start", "end"), strict=True)
            ticks += [
                words(place, base + 16, number(_short(value)), anchor=anchor)
                for value, place, anchor in ends
            ]
        return drawing(
            WIDTH,
            HEIGHT,
            label,
            element("path", d=f"M{left} {_TOP}V{base}H{right}", class_="axis"),
            *ticks,
            words((left + right) / 2, HEIGHT - 8, self.x_name, class_="name"),
            element(
                "text",
                self.y_name,
                transform=f"translate(11 {(base + _TOP) / 2:.0f}) rotate(-90)",
                text_anchor="middle",
                class_="name",
            ),
            joined(shapes),
        )


def _short(value: float) -> float:
    """Return an end of an axis with three significant digits."""
    return float(f"{value:.3g}")
