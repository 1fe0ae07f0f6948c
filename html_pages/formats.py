"""Numbers, durations and times as text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

NOTHING, MINUS = "–", "−"


def number(value: Any) -> str:
    """Return a number with four significant digits, and any other value as text."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return plain(value)
    if isinstance(value, int) or 10_000 <= abs(value) < 1e15 or value == round(value, 0) != 0:
        shown = f"{value:,.0f}"
    else:
        shown = f"{value:,.4g}"
    return shown.replace("-", MINUS)


def plain(value: Any) -> str:
    """Return a value of a JSON document as text, with all digits."""
    if value is None:
        return NOTHING
    return str(value).lower() if isinstance(value, bool) else str(value)


def signed(value: float) -> str:
    """Return a number with its sign."""
    return f"{'+' if value >= 0 else MINUS}{number(abs(value))}"


def percent(part: float, whole: float) -> str:
    """Return a share with three significant digits."""
    if not whole:
        return NOTHING
    return f"{100 * part / whole:.3g} %"


def duration(seconds: float | None) -> str:
    """Return a duration in its two largest units."""
    if seconds is None:
        return NOTHING
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def moment(value: datetime) -> str:
    """Return a time in UTC, to the second: a report has the same times wherever it is written."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
