"""Converts DATEFORMAT and TIMEFORMAT of COPY to formats of DuckDB's strptime."""

from __future__ import annotations

import re

from local_cloud.redshift.statement_errors import StatementFailed

DEFAULT_DATE = "YYYY-MM-DD"
DEFAULT_TIME = "YYYY-MM-DD HH:MI:SS"
# Longer format parts precede their prefixes. Source: page "Datetime format strings".
_WORDS = {
    "YYYY": "%Y",
    "MONTH": "%B",
    "HH24": "%H",
    "HH12": "%I",
    "MON": "%b",
    "YY": "%y",
    "MM": "%m",
    "DD": "%d",
    "HH": "%H",
    "MI": "%M",
    "SS": "%S",
    "AM": "%p",
    "PM": "%p",
}
_WORD = re.compile("|".join(_WORDS) + r"|[A-Za-z]+")
# Formats of 'auto', the most usual format first. Source: page "Using automatic recognition with
# DATEFORMAT and TIMEFORMAT".
AUTO_DATES = (
    *("%Y-%m-%d", "%m/%d/%Y", "%Y%m%d", "%m-%d-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d-%b-%Y", "%b-%d-%Y", "%d %b %Y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y"),
)
_AUTO_CLOCKS = ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M", "%I:%M:%S %p", "%I:%M %p")


def date_formats(given: str | None) -> tuple[str, ...]:
    """Return the strptime formats for a DATE column."""
    if (given or "").lower() == "auto":
        return AUTO_DATES
    return (strptime(given or DEFAULT_DATE, "DATEFORMAT"),)


def time_formats(given: str | None) -> tuple[str, ...]:
    """Return the strptime formats for a TIMESTAMP column, with optional fractions of a second."""
    if (given or "").lower() == "auto":
        joined = [*(f"{day} " for day in AUTO_DATES), "%Y-%m-%dT"]
        return tuple(f"{day}{clock}" for day in joined for clock in _AUTO_CLOCKS) + AUTO_DATES
    written = strptime(given or DEFAULT_TIME, "TIMEFORMAT")
    day = written.split(" ")[0]
    return tuple(dict.fromkeys((written, written.replace("%S", "%S.%f"), day)))


def strptime(written: str, option: str) -> str:
    """Convert a format such as `MM/DD/YYYY HH:MI:SS`. Raises StatementFailed for unknown parts."""

    def replaced(match: re.Match[str]) -> str:
        word = match[0].upper()
        if word in _WORDS:
            return _WORDS[word]
        if word == "T":
            return "T"
        raise StatementFailed(
            f"ERROR: {option} '{written}': unknown part '{match[0]}'; use "
            f"{', '.join(_WORDS)} or 'auto'"
        )

    twelve_hours = "HH:" in written.upper() and re.search(r"\b[AP]M\b", written.upper())
    text = written.upper().replace("HH:", "HH12:") if twelve_hours else written
    return _WORD.sub(replaced, text)
