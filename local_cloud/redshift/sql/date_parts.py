"""The names and abbreviations of date parts (page "Date parts for date or timestamp functions")."""

from __future__ import annotations

from local_cloud.redshift.statement_errors import StatementFailed

_NAMES = {
    "millennium": "millennium millennia mil mils",
    "century": "century centuries c cent cents",
    "decade": "decade decades dec decs",
    "epoch": "epoch",
    "year": "year years y yr yrs",
    "quarter": "quarter quarters qtr qtrs",
    "month": "month months mon mons",
    "week": "week weeks w",
    "dayofweek": "dayofweek dow dw weekday",
    "dayofyear": "dayofyear doy dy yearday",
    "day": "day days d",
    "hour": "hour hours h hr hrs",
    "minute": "minute minutes m min mins",
    "second": "second seconds s sec secs",
    "millisecond": "millisecond milliseconds ms msec msecs msecond mseconds millisec millisecs "
    "millisecon",
    "microsecond": "microsecond microseconds microsec microsecs usecond useconds us usec usecs",
    "timezone": "timezone",
    "timezone_hour": "timezone_hour",
    "timezone_minute": "timezone_minute",
}
_PARTS = {word: part for part, words in _NAMES.items() for word in words.split()}


def date_part(word: str) -> str:
    """Return the full name of a date part. Raises StatementFailed for an unknown part."""
    part = _PARTS.get(word.lower().strip())
    if part is None:
        raise StatementFailed(f'ERROR: timestamp units "{word}" not recognized')
    return part
