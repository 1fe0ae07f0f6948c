"""The section of the page with the columns."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from html_pages.drawings.bars import small_bars
from html_pages.formats import NOTHING, number
from html_pages.html import Html, breakable, element, section, table

Document = Mapping[str, Any]
_MOST_SHOWN, _MOST_CHARACTERS = 3, 40
_NUMBERS = ("Column", "Distribution", "Missing", "Distinct", "Min", "25 %", "Median", "75 %", "Max",
            "Mean", "Deviation")  # fmt: skip
_TEXTS = ("Column", "Distribution", "Most frequent", "Missing", "Distinct")


def columns(found: Document) -> Html | None:
    """Return a table of the columns of numbers and dates, and one of the others."""
    numeric = [each for each in found["columns"] if "quantiles" in each]
    texts = [each for each in found["columns"] if "quantiles" not in each]
    parts = [
        table("Numbers and dates", _NUMBERS, map(_number_row, numeric), numbers=9)
        if numeric
        else None,
        table("Texts and booleans", _TEXTS, map(_text_row, texts), numbers=2) if texts else None,
    ]
    return section("columns", "Columns", *parts)


def _number_row(column: Document) -> Sequence[Any]:
    quantiles = column["quantiles"]
    ends = (column["min"], quantiles["0.25"], quantiles["0.5"], quantiles["0.75"], column["max"])
    shown = [value_of(column, each) for each in (*ends, column["mean"])]
    deviation = NOTHING if column["deviation"] is None else number(column["deviation"])
    return (*_first(column, _ranges(column)), *_counts(column), *shown, deviation)


def _text_row(column: Document) -> Sequence[Any]:
    most = [(each["value"], each["rows"]) for each in column["frequent"]]
    others = column["rows"] - sum(count for _, count in most)
    bars = [(_clipped(value), count) for value, count in most]
    if others > 0:
        bars.append(("other values", others))
    rows = column["rows"]
    texts = [
        f"{_clipped(value)} ({100 * count / rows:.3g} %)" for value, count in most[:_MOST_SHOWN]
    ]
    return (*_first(column, bars), ", ".join(texts) or NOTHING, *_counts(column))


def _first(column: Document, bars: Sequence[tuple[str, float]]) -> tuple[Html, Html]:
    drawn = small_bars(bars, label=f"Distribution of {column['name']}")
    return element("span", breakable(column["name"])), drawn


def _counts(column: Document) -> tuple[str, str]:
    about = "" if column["distinct_is_exact"] else "≈ "
    return f"{100 * column['missing_share']:.3g} %", f"{about}{number(column['distinct'])}"


def _ranges(column: Document) -> list[tuple[str, float]]:
    edges, counts = column["histogram"]["edges"], column["histogram"]["rows"]
    names = (f"{value_of(column, a)} to {value_of(column, b)}" for a, b in pairwise(edges))
    return list(zip(names, counts, strict=True))


def value_of(column: Document, value: float | None) -> str:
    """Return a number of a column as text; that of a date is a day."""
    if value is None:
        return NOTHING
    if column["kind"] == "date":
        return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=value):%Y-%m-%d}"
    return number(int(value) if float(value).is_integer() and abs(value) < 1e15 else value)


def _clipped(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"
