"""Time zones: names change with the season, abbreviations and POSIX texts do not.

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
    """How far east of UTC an abbreviation or offset is; None for a name."""
    if zone.upper() in _HOURS:
        return timedelta(hours=_HOURS[zone.upper()])
    if match := _OFFSET.match(zone):
        return _distance(match, east=1)
    if match := _POSIX.match(zone):
        return _distance(match, east=-1)
    return None


def _distance(match: re.Match[str], *, east: int) -> timedelta:
    """ISO 8601 counts offsets east of Greenwich, POSIX west of it."""
    distance = timedelta(hours=int(match["h"]), minutes=int(match["m"] or 0))
    return distance * (-east if match["sign"] == "-" else east)


def zone_offset(zone: str, at: datetime) -> timedelta:
    """How far east of UTC a zone is at a local time. Raises StatementFailed for an unknown one."""
    fixed = fixed_offset(zone)
    if fixed is not None:
        return fixed
    offset = _zone_info(zone).utcoffset(at)
    return offset if offset is not None else timedelta()


def checked_zone(zone: str) -> str:
    """A zone's name as given. Raises StatementFailed for an unknown one."""
    _zone_info(zone)
    return zone


def _zone_info(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise StatementFailed(f'ERROR: time zone "{zone}" not recognized') from error
