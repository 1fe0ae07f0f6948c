"""Interval literals: `3 hours, 35 minutes`, `1w, 1h`, `0.5 days`.

Source: page "Interval literals".
"""

from __future__ import annotations

import re

from local_cloud.redshift.sql.date_parts import date_part
from local_cloud.redshift.statement_errors import StatementFailed

_PIECE = re.compile(
    r"\s*,?\s*(?P<number>[+-]?\d+(?:\.\d*)?|[+-]?\.\d+)\s*(?P<unit>[a-z]*)", re.IGNORECASE
)
_MONTHS = {
    "month": 1,
    "quarter": 3,
    "year": 12,
    "decade": 120,
    "century": 1200,
    "millennium": 12000,
}
_MICROSECONDS = {
    "microsecond": 1,
    "millisecond": 1_000,
    "second": 1_000_000,
    "minute": 60_000_000,
    "hour": 3_600_000_000,
    "day": 86_400_000_000,
    "week": 7 * 86_400_000_000,
}


def interval_sql(text: str) -> str:
    """Translate an interval literal. The unit of a number without a unit is seconds."""
    months = microseconds = 0.0
    place = 0
    while place < len(text.rstrip()):
        match = _PIECE.match(text, place)
        if match is None:
            raise StatementFailed(f'ERROR: invalid input syntax for type interval: "{text}"')
        unit = date_part(match["unit"]) if match["unit"] else "second"
        number = float(match["number"])
        if unit in _MONTHS:
            months += number * _MONTHS[unit]
        elif unit in _MICROSECONDS:
            microseconds += number * _MICROSECONDS[unit]
        else:
            raise StatementFailed(f'ERROR: invalid input syntax for type interval: "{text}"')
        place = match.end()
    days, rest = divmod(microseconds, _MICROSECONDS["day"])
    counts = {"months": round(months), "days": round(days), "microseconds": round(rest)}
    parts = [f"INTERVAL '{count} {unit}'" for unit, count in counts.items() if count]
    return f"({' + '.join(parts)})" if parts else "INTERVAL '0 days'"
