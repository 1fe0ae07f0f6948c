"""The data: rows in and out, the contract, and a small plot of each column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from run_report.columns import distribution
from run_report.drawings.bars import small_bars
from run_report.facts import Facts
from run_report.formats import NOTHING, number, percent
from run_report.html import Html, breakable, element, section, table

_MOST_RULES = 50


def data(facts: Facts) -> Html | None:
    """Return the section."""
    return section("data", "Data", _rows(facts), _contract(facts), _columns(facts))


def _rows(facts: Facts) -> Html | None:
    counted = [
        (f"{step.name} (unloaded)", number(int(step.outputs["rows"])))
        for step in facts.steps
        if step.outputs.get("rows", "").isdigit()
    ]
    sides: dict[str, int] = {}
    for report in facts.all_documents("report", "report-"):
        rows = report.get("rows") if isinstance(report, Mapping) else None
        for name, count in rows.items() if isinstance(rows, Mapping) else ():
            if isinstance(count, int):
                sides[name] = sides.get(name, 0) + count
    read = sides.get("read", 0)
    for name, count in sides.items():
        share = f" ({percent(count, read)})" if name != "read" else ""
        counted.append((name, f"{number(count)}{share}"))
    if not counted:
        return None
    return table("Rows in and out", ("Rows", "Count"), counted, numbers=1)


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
