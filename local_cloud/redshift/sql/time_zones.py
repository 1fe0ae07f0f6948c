"""Time zones. Names have daylight saving time; abbreviations and POSIX formats do not.

Source: page CONVERT_TIMEZONE, "Time zone usage notes", and the appendix of abbreviations.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local_cloud.redshift.statement_errors import StatementFailed

_HOURS = {
    "ACST": 9.5, "AEST": 10, "AEDT": 11, "AKST": -9, "AKDT": -8, "AST": -4, "ADT": -3,
    "AWST": 8, "BRT": -3, "BST": 1, "CDT": -5, "CEST": 2, "CET": 1, "CST": -6, "EDT": -4,
    "EEST": 3, "EET": 2, "EST": -5, "GMT": 0, "HKT": 8, "HST": -10, "IST": 2, "JST": 9,
    "KST": 9, "MDT": -6, "MSK": 3, "MST": -7, "NZDT": 13, "NZST": 12, "PDT": -7, "PHT": 8,
    "PST": -8, "SGT": 8, "UCT": 0, "UTC": 0, "WEST": 1, "WET": 0, "Z": 0, "ZULU": 0,
}  # fmt: skip
_POSIX = re.compile(
    r"[a-z_/]*[a-z] ?(?P<sign>[+-]?)(?P<h>\d{1,2})(?::(?P<m>\d{2}))?$", re.IGNORECASE
)
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?$")


def fixed_offset(zone: str) -> timedelta | None:
    """Return the UTC offset (east is positive) of an abbreviation or offset; None for a name."""
    if zone.upper() in _HOURS:
        return timedelta(hours=_HOURS[zone.upper()])
    if match := _OFFSET.match(zone):
        return _distance(match, east=1)
    if match := _POSIX.match(zone):
        return _distance(match, east=-1)
    return None


def _distance(match: re.Match[str], *, east: int) -> timedelta:
    """Return the offset in a match. Offsets are positive in the east in ISO 8601, not in POSIX."""
    distance = timedelta(hours=int(match["h"]), minutes=int(match["m"] or 0))
    return distance * (-east if match["sign"] == "-" else east)


def zone_offset(zone: str, at: datetime) -> timedelta:
    """Return the offset of a zone from UTC at a local time. Raises StatementFailed if unknown."""
    fixed = fixed_offset(zone)
    if fixed is not None:
        return fixed
    offset = _zone_info(zone).utcoffset(at)
    return offset if offset is not None else timedelta()


def checked_zone(zone: str) -> str:
    """Return the zone unchanged. Raises StatementFailed for an unknown zone."""
    _zone_info(zone)
    return zone


def _zone_info(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise StatementFailed(f'ERROR: time zone "{zone}" not recognized') from error
