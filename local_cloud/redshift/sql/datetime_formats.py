"""Datetime format strings: SQL for TO_CHAR, and Python code for TO_DATE and TO_TIMESTAMP.

Source: page "Datetime format strings".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from local_cloud.redshift.sql.templates import literal
from local_cloud.redshift.statement_errors import StatementFailed

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ROMAN_LIST = "[" + ", ".join(f"'{numeral}'" for numeral in _ROMAN) + "]"
# Parts with an equivalent in strftime.
_STRFTIME = {
    "YYYY": "%Y", "YY": "%y", "IYYY": "%G", "MM": "%m", "DD": "%d", "DDD": "%j", "IW": "%V",
    "ID": "%u", "HH24": "%H", "HH12": "%I", "HH": "%I", "MI": "%M", "SS": "%S", "MS": "%g",
    "US": "%f", "AM": "%p", "PM": "%p",
}  # fmt: skip
# Names: the format of strftime, and the width. The case of the part is the case of the value.
_NAMES = {"MONTH": ("%B", 9), "MON": ("%b", 3), "DAY": ("%A", 9), "DY": ("%a", 3)}
_SQL = {
    "YYY": "right(strftime({0}, '%Y'), 3)",
    "Y": "right(strftime({0}, '%Y'), 1)",
    "Y,YYY": "left(strftime({0}, '%Y'), 1) || ',' || right(strftime({0}, '%Y'), 3)",
    "IYY": "right(strftime({0}, '%G'), 3)",
    "IY": "right(strftime({0}, '%G'), 2)",
    "I": "right(strftime({0}, '%G'), 1)",
    "CC": "lpad(CAST(century({0}) AS TEXT), 2, '0')",
    "Q": "CAST(quarter({0}) AS TEXT)",
    "W": "CAST((day({0}) - 1) // 7 + 1 AS TEXT)",
    "WW": "lpad(CAST((dayofyear({0}) - 1) // 7 + 1 AS TEXT), 2, '0')",
    "IDDD": "lpad(CAST((week({0}) - 1) * 7 + isodow({0}) AS TEXT), 3, '0')",
    "D": "CAST(dayofweek({0}) + 1 AS TEXT)",
    "J": "CAST(CAST(julian(CAST({0} AS DATE)) AS INTEGER) AS TEXT)",
    "RM": f"rpad({_ROMAN_LIST}[month({{0}})], 4, ' ')",
    "A.M.": "CASE WHEN hour({0}) < 12 THEN 'A.M.' ELSE 'P.M.' END",
    "AD": "'AD'",
    "A.D.": "'A.D.'",
    "TZ": "'UTC'",
    "OF": "'+00'",
}
_SAME = {"P.M.": "A.M.", "BC": "AD", "B.C.": "A.D."}
# Other parts whose value has the case of the part.
_CASED = ("AM", "PM", "A.M.", "P.M.", "AD", "BC", "A.D.", "B.C.", "TZ", "RM")
_WORDS = sorted({*_STRFTIME, *_NAMES, *_SQL, *_SAME}, key=len, reverse=True)
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|(?P<fill>FM)|(?P<word>'
    + "|".join(map(re.escape, _WORDS))
    + r")|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)


def _tokens(pattern: str) -> Iterator[re.Match[str]]:
    return _TOKEN.finditer(pattern)


def char_sql(pattern: str) -> str:
    """Return DuckDB's SQL for TO_CHAR(`{0}`, pattern)."""
    parts: list[str] = []
    plain, fill = "", False
    for token in _tokens(pattern):
        if token["fill"]:
            fill = True
            continue
        word = (token["word"] or "").upper()
        cased = token["word"] and word in _CASED and token["word"] != word
        if word in _STRFTIME and not cased and not fill:
            plain += _STRFTIME[word]
        elif word:
            parts += _strftime(plain)
            plain = ""
            parts.append(_filled(_word_sql(token["word"]), word, fill))
        else:
            plain += (token["quoted"] or token["other"] or "").replace("%", "%%")
        fill = False
    parts += _strftime(plain)
    return f"({' || '.join(parts)})" if parts else "''"


def _strftime(plain: str) -> list[str]:
    return [f"strftime({{0}}, {literal(plain)})"] if plain else []


def _word_sql(written: str) -> str:
    word = written.upper()
    if word in _NAMES:
        name, width = _NAMES[word]
        return f"rpad({_case(written, f'strftime({{0}}, {literal(name)})')}, {width}, ' ')"
    sql = _SQL.get(_SAME.get(word, word)) or f"strftime({{0}}, '{_STRFTIME[word]}')"
    return f"lower({sql})" if word in _CASED and written == written.lower() else sql


def _case(written: str, sql: str) -> str:
    if written == written.upper():
        return f"upper({sql})"
    return f"lower({sql})" if written == written.lower() else sql


def _filled(sql: str, word: str, fill: bool) -> str:
    """Return SQL for a part. FM (`fill`) removes the blanks or zeros that pad the part."""
    if not fill:
        return sql
    return f"rtrim({sql}, ' ')" if word in (*_NAMES, "RM") else f"ltrim({sql}, '0')"


_NUMBERS = {
    "YYYY": (4, "year"), "YYY": (3, "year"), "YY": (2, "year"), "Y": (1, "year"),
    "MM": (2, "month"), "DD": (2, "day"), "DDD": (3, "day of year"), "HH24": (2, "hour"),
    "HH12": (2, "hour"), "HH": (2, "hour"), "MI": (2, "minute"), "SS": (2, "second"),
    "J": (7, "julian day"),
}  # fmt: skip
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)


def read_moment(text: str, pattern: str, *, strict: bool) -> datetime:
    """Parse a text with a format. A missing part has its first value: January, day 1, midnight.

    Unless `strict`, a value out of range carries over, as in Redshift. Raises StatementFailed.
    """
    fields: dict[str, int] = {}
    place = 0
    for token in _tokens(pattern):
        if token["word"]:
            place = _read_word(text, place, token["word"].upper(), fields, pattern)
        elif not token["fill"]:
            place += len(token["quoted"]) if token["quoted"] is not None else 1
    return _moment(fields, strict=strict)


def _read_word(text: str, place: int, word: str, fields: dict[str, int], pattern: str) -> int:
    while place < len(text) and text[place] == " ":
        place += 1
    rest = text[place:]
    if word in _NUMBERS:
        width, field = _NUMBERS[word]
        if match := re.match(rf"\d{{1,{width}}}", rest):
            fields[field] = _year(int(match[0]), width) if field == "year" else int(match[0])
            return place + match.end()
    elif word in ("MONTH", "MON"):
        for number, name in enumerate(_MONTHS, start=1):
            read = name if word == "MONTH" and rest.lower().startswith(name) else name[:3]
            if rest.lower().startswith(read):
                fields["month"] = number
                return place + len(read)
    elif word in ("MS", "US"):
        if match := re.match(r"\d{1,6}", rest):
            fields["microsecond"] = int(match[0].ljust(6, "0")[:6])
            return place + match.end()
    elif word in _CASED:
        if match := re.match(r"[a-z.]+", rest, re.IGNORECASE):
            if match[0][:1].lower() in "ap":
                fields["afternoon"] = int(match[0][:1].lower() == "p")
            return place + match.end()
    elif word in ("DAY", "DY") and (match := re.match(r"[a-z]+\s*", rest, re.IGNORECASE)):
        return place + match.end()
    if not rest:
        return place
    raise StatementFailed(f'ERROR: "{text}" does not match the format "{pattern}" at {word}')


def _year(number: int, width: int) -> int:
    if width == 4:
        return number
    if width == 3:
        return number + (2000 if number < 100 else 1000)
    return number + (2000 if number < 70 else 1900)


def _moment(fields: dict[str, int], *, strict: bool) -> datetime:
    year, month, day = fields.get("year", 1), fields.get("month", 1), fields.get("day", 1)
    hour = fields.get("hour", 0)
    if "afternoon" in fields:
        hour = hour % 12 + 12 * fields["afternoon"]
    minute, second = fields.get("minute", 0), fields.get("second", 0)
    micro = fields.get("microsecond", 0)
    if "day of year" in fields:
        month, day = 1, fields["day of year"]
    if strict:
        return _strict_moment(year, month, day, hour, minute, second, micro)
    years, months = divmod(month - 1, 12)
    passed = timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second, microseconds=micro)
    return datetime(year + years, months + 1, 1) + passed


def _strict_moment(
    year: int, month: int, day: int, hour: int, minute: int, second: int, micro: int
) -> datetime:
    try:
        found = datetime(year, month, day)
    except ValueError as error:
        raise StatementFailed(
            f"ERROR: date/time field date value out of range: {year}-{month}-{day}"
        ) from error
    try:
        return found.replace(hour=hour, minute=minute, second=second, microsecond=micro)
    except ValueError as error:
        clock = f"{hour}:{minute:02d}:{second:02d}.{micro}"
        raise StatementFailed(f"ERROR: date/time field time value out of range: {clock}") from error
