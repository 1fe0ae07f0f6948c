"""Parses dates, times and timestamps in Redshift's literal formats.

Source: pages "Date, time, and timestamp literals" and "Datetime types" (DateStyle MDY).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from local_cloud.redshift.sql.time_zones import zone_offset
from local_cloud.redshift.statement_errors import StatementFailed

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_YEAR = r"(?P<y>\d{4})"
# The formats of a date. In `md`, the month precedes the day.
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})$",
        r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4}|\d{2})$",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$",
        r"(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})$",
        r"(?P<y>\d{4})\.(?P<doy>\d{3})$",
        rf"{_YEAR}[-/ ]{_MONTH}[-/ ](?P<d>\d{{1,2}})$",
        rf"{_MONTH}[-/ ]*(?P<d>\d{{1,2}})\s*[-/, ]\s*{_YEAR}$",
        rf"(?P<d>\d{{1,2}})[-/ ]{_MONTH}[-/, ]\s*{_YEAR}$",
    )
)
_CLOCK = re.compile(
    r"(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2})(?P<f>\.\d+)?)?\s*(?P<half>[ap]m)?$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?P<h>\d{2})(?P<mi>\d{2})(?P<s>\d{2})(?P<f>\.\d+)?$")
_ZONE = re.compile(
    r"\s*(?P<zone>[+-]\d{1,2}(?::?\d{2})?|[a-z][a-z_]*(?:/[a-z_]+)*)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Moment:
    """A date with a time of day, and the zone in the text, if any."""

    at: datetime
    zone: str | None = None


def read_date(text: str) -> date:
    """Parse a DATE. A time after the date is ignored."""
    return read_timestamp(text, "date").at.date()


def read_timestamp(text: str, kind: str = "timestamp") -> Moment:
    """Parse a TIMESTAMP. The default time is midnight. An unknown zone raises StatementFailed."""
    for day, rest in _splits(text.strip()):
        found = _date(day)
        if found is not None:
            clock, zone = _clock_and_zone(rest, text, kind)
            moment = Moment(datetime.combine(found, clock), zone)
            if zone is not None:
                zone_offset(zone, moment.at)
            return moment
    raise StatementFailed(f'ERROR: invalid input syntax for type {kind}: "{text}"')


def read_timestamptz(text: str) -> datetime:
    """Parse a TIMESTAMPTZ and convert it to UTC. The default is the session's zone, UTC."""
    moment = read_timestamp(text, "timestamp with time zone")
    return moment.at if moment.zone is None else moment.at - zone_offset(moment.zone, moment.at)


def read_time(text: str) -> time:
    """Parse a TIME. A zone is ignored."""
    return _clock_and_zone(text.strip(), text, "time")[0]


def _splits(text: str) -> list[tuple[str, str]]:
    """Return the ways to split a text into a date and a rest, longest date first."""
    gaps = list(re.finditer(r"\s+|(?<=\d)T(?=\d)", text))
    parted = [(text[: gap.start()], text[gap.end() :]) for gap in reversed(gaps)]
    return [(text, ""), *parted]


def _date(text: str) -> date | None:
    for form in _DATES:
        match = form.match(text)
        if match is not None:
            return _date_of(match.groupdict(), text)
    return None


def _date_of(parts: dict[str, str | None], text: str) -> date | None:
    year = int(parts["y"] or 0)
    if len(parts["y"] or "") == 2:
        year += 2000 if year < 70 else 1900
    month = _month(parts)
    if month is None:
        return None
    try:
        if parts.get("doy"):
            return date(year, 1, 1) + timedelta(days=int(parts["doy"] or 1) - 1)
        return date(year, month, int(parts["d"] or 1))
    except ValueError as error:
        raise StatementFailed(f'ERROR: date/time field value out of range: "{text}"') from error


def _month(parts: dict[str, str | None]) -> int | None:
    name = parts.get("month")
    if name is None:
        return int(parts.get("m") or 1)
    short = name.lower()[:3]
    return _MONTHS.index(short) + 1 if short in _MONTHS else None


def _clock_and_zone(text: str, whole: str, kind: str) -> tuple[time, str | None]:
    if not text:
        return time(), None
    match = _CLOCK.match(text) or _DIGITS.match(text)
    zone = None
    if match is None and (found := _ZONE.search(text)) is not None:
        zone = found["zone"]
        clock = text[: found.start()].strip()
        match = _CLOCK.match(clock) or _DIGITS.match(clock)
        if not clock:
            return time(), zone
    if match is None:
        raise StatementFailed(f'ERROR: invalid input syntax for type {kind}: "{whole}"')
    return _time_of(match.groupdict(), whole), zone


def _time_of(parts: dict[str, str | None], text: str) -> time:
    hour = int(parts["h"] or 0)
    half = (parts.get("half") or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    micro = round(float(parts["f"] or 0) * 1_000_000)
    try:
        return time(hour, int(parts["mi"] or 0), int(parts["s"] or 0), min(micro, 999_999))
    except ValueError as error:
        raise StatementFailed(f'ERROR: date/time field value out of range: "{text}"') from error
