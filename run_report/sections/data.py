"""The data: rows in and out, the contract, and a small plot of each column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from html_pages.drawings.bars import small_bars
from html_pages.formats import NOTHING, number, percent
from html_pages.html import Html, breakable, element, section, table
from run_report.columns import distribution
from run_report.facts import Facts
from run_report.row_counts import FROM_LAKE, UNLOADED, extracted_days, row_counts

_MOST_RULES = 50


def data(facts: Facts) -> Html | None:
    """Return the section."""
    return section("data", "Data", _rows(facts), _days(facts), _contract(facts), _columns(facts))


def _rows(facts: Facts) -> Html | None:
    counts = row_counts(facts)
    read = counts.get("read", 0)
    counted = [
        (name, f"{number(count)} ({percent(count, read)})" if _is_side(name) else number(count))
        for name, count in counts.items()
    ]
    if not counted:
        return None
    return table("Rows in and out", ("Rows", "Count"), counted, numbers=1)


def _is_side(name: str) -> bool:
    """Return whether the rows are a part of those that were read."""
    return name != "read" and not name.endswith((UNLOADED, FROM_LAKE))


def _days(facts: Facts) -> Html | None:
    """Return the days that incremental extractions unloaded, and those of the lake."""
    found = [element("p", f"{step}: {days}.") for step, days in extracted_days(facts).items()]
    return element("div", *found) if found else None


def _contract(facts: Facts) -> Html | None:
    contract = facts.document("contract", "contract.json")
    if not isinstance(contract, Mapping) or "verdict" not in contract:
        return None
    failed = contract.get("failed", [])
    verdict = f"The data {_VERDICTS.get(contract['verdict'], contract['verdict'])}."
    if not failed:
        checked = f"{len(contract.get('rules', []))} rules were checked."
        return element("p", f"{verdict} {checked}")
    rows = [
        (each["rule"], each["column"] or "all columns", each["value"], each["limit"])
        for each in failed[:_MOST_RULES]
    ]
    columns = ("Rule", "Column", "Measured", "Allowed")
    return table(f"{verdict} Rules that failed", columns, rows)


_VERDICTS = {
    "passed": "meet the contract",
    "rejected": "do not meet the contract",
    "accepted": "do not meet the contract, and were accepted by a person",
}


def _columns(facts: Facts) -> Html | None:
    profile = facts.document("contract", "profile.json")
    if not isinstance(profile, Mapping) or not profile.get("columns"):
        return None
    rows = [_column(name, each, profile["rows"]) for name, each in profile["columns"].items()]
    caption = f"Columns of the {number(profile['rows'])} rows that were read"
    return table(caption, ("Column", "Distribution", "Range", "Nulls"), rows, numbers=1)


def _column(name: str, column: Mapping[str, Any], rows: int) -> tuple[object, ...]:
    counts = distribution(column)
    shown: object = "too many values"
    if counts:
        shown = small_bars(counts, label=f"Distribution of {name} in {len(counts)} parts")
    elif column.get("least") is None:
        shown = NOTHING
    return breakable(name), shown, _range(column), _nulls(column, rows)


def _range(column: Mapping[str, Any]) -> str:
    least, most = column.get("least"), column.get("most")
    if least is None:
        return NOTHING
    if column["kind"] == "text":
        count = len(column.get("buckets", ()))
        return f"{number(count)} values" if count else NOTHING
    # Years and codes are numbers without a separator of thousands.
    return f"{_plain(least)} to {_plain(most)}"


def _plain(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _nulls(column: Mapping[str, Any], rows: int) -> str:
    nulls = column.get("nulls", 0)
    return f"{number(nulls)} ({percent(nulls, rows)})" if nulls else "0"
