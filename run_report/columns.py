"""The distribution of a column, from its profile (pipeline_code/runtime/data_profile.py)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from html_pages.formats import number

MOST_PARTS, MOST_TEXTS = 24, 12
Counts = list[tuple[str, float]]


def distribution(column: Mapping[str, Any]) -> Counts:
    """Return the names and counts of at most 24 parts; nothing if the profile has no values.

    Numbers and dates are counted in equal ranges. Of texts, the most frequent come first, and the
    others are one part.
    """
    counts = {name: float(entry[0]) for name, entry in column.get("buckets", {}).items()}
    if not counts:
        return []
    if column.get("kind") == "text":
        return _texts(counts)
    if column.get("kind") == "date":
        days = {_day(name): count for name, count in counts.items()}
        return _ranges(days, show=lambda day: str(date.fromordinal(int(day))))
    return _ranges({float(name): count for name, count in counts.items()}, show=number)


def _texts(counts: Mapping[str, float]) -> Counts:
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    others = most[MOST_TEXTS:]
    shown = most[:MOST_TEXTS]
    if others:
        shown.append((f"{len(others)} other values", sum(count for _, count in others)))
    return shown


def _ranges(counts: Mapping[float, float], *, show: Any) -> Counts:
    low, high = min(counts), max(counts)
    if len(counts) <= MOST_PARTS:
        return [(show(value), counts[value]) for value in sorted(counts)]
    width = (high - low) / MOST_PARTS
    totals = [0.0] * MOST_PARTS
    for value, count in counts.items():
        totals[min(MOST_PARTS - 1, int((value - low) / width))] += count
    return [
        (f"{show(low + place * width)} to {show(low + (place + 1) * width)}", total)
        for place, total in enumerate(totals)
    ]


def _day(name: str) -> float:
    return float(date.fromisoformat(name[:10]).toordinal())
