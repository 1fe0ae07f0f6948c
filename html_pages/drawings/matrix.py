"""A matrix of values from -1 to 1 between named columns, such as correlations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from html_pages.drawings.svg import drawing, noted, words
from html_pages.formats import number
from html_pages.html import Html, element

_CELL, _LEFT, _TOP = 26, 120, 4
_MOST_CHARACTERS = 17


def matrix(names: Sequence[str], values: Mapping[tuple[str, str], float], *, label: str) -> Html:
    """Return the lower triangle. Stronger cells have larger values; negative ones are outlined."""
    size = len(names)
    shapes = [words(_LEFT - 6, _TOP + row * _CELL + 17, _clipped(name), anchor="end")
              for row, name in enumerate(names)]  # fmt: skip
    for row, first in enumerate(names):
        for column, second in enumerate(names[:row]):
            value = values.get((first, second), values.get((second, first)))
            if value is not None:
                shapes.append(_cell(row, column, value, f"{first}, {second}: {number(value)}"))
    width, height = _LEFT + size * _CELL, _TOP + size * _CELL + 4
    return element(
        "div",
        drawing(width, height, label, *shapes),
        style=f"min-width:{width * 0.8:.0f}px;max-width:{width}px",
    )


def _cell(row: int, column: int, value: float, note: str) -> Html:
    return noted(
        "rect",
        note,
        x=_LEFT + column * _CELL + 1,
        y=_TOP + row * _CELL + 1,
        width=_CELL - 2,
        height=_CELL - 2,
        fill_opacity=f"{abs(value):.2f}",
        class_="cell" if value >= 0 else "cell negative",
    )


def _clipped(name: str) -> str:
    return name if len(name) <= _MOST_CHARACTERS else f"{name[: _MOST_CHARACTERS - 1]}…"
