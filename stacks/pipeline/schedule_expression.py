"""Check EventBridge schedule expressions (standard library only).

Source: Amazon EventBridge User Guide, "Using cron and rate expressions".
"""

from __future__ import annotations

import re

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
# Field -> its lowest and highest number, and the names for the numbers from the lowest on.
_FIELDS: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "minute": (0, 59, ()),
    "hour": (0, 23, ()),
    "day-of-month": (1, 31, ()),
    "month": (1, 12, _MONTHS),
    "day-of-week": (1, 7, _DAYS),
    "year": (1970, 2199, ()),
}
_SPECIAL = {
    "day-of-month": r"\?|L|LW|([1-9]|[12]\d|3[01])W",
    "day-of-week": r"\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])",
}


def problem_with(expression: str) -> str | None:
    """Return the error in a cron or rate expression, as text; None when EventBridge accepts it."""
    match = re.fullmatch(r"(cron|rate)\((.*)\)", expression)
    if match is None:
        return "write it as cron(…) or rate(…)"
    kind, inside = match.groups()
    return _problem_with_rate(inside) if kind == "rate" else _problem_with_cron(inside)


def _problem_with_rate(inside: str) -> str | None:
    match = re.fullmatch(r"([1-9]\d*) (minute|hour|day)(s?)", inside)
    if match is None:
        return "a rate is a positive whole number and minute(s), hour(s) or day(s)"
    if (match[1] == "1") == bool(match[3]):
        return "the unit is singular for 1 and plural for anything else"
    return None


def _problem_with_cron(inside: str) -> str | None:
    values = inside.split()
    if len(values) != len(_FIELDS):
        return f"cron has six fields, here are {len(values)}"
    fields = dict(zip(_FIELDS, values, strict=True))
    for name, value in fields.items():
        if not all(_is_part(name, part) for part in value.split(",")):
            return f"{value!r} is not a {name}"
    if (fields["day-of-month"] == "?") == (fields["day-of-week"] == "?"):
        return "exactly one of day-of-month and day-of-week must be ?"
    return None


def _is_part(name: str, part: str) -> bool:
    if re.fullmatch(_SPECIAL.get(name, r"(?!)"), part):
        return True
    span, slash, step = part.partition("/")
    if slash and not (step.isdigit() and int(step) > 0):
        return False
    return span == "*" or _is_span(name, span)


def _is_span(name: str, span: str) -> bool:
    numbers = [_number(name, end) for end in span.split("-")]
    lowest, highest, _ = _FIELDS[name]
    return len(numbers) <= 2 and all(
        number is not None and lowest <= number <= highest for number in numbers
    )


def _number(name: str, text: str) -> int | None:
    lowest, _, names = _FIELDS[name]
    if text in names:
        return lowest + names.index(text)
    return int(text) if text.isdigit() and text.isascii() else None
