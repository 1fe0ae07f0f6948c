"""The cost of the jobs, at the committed prices."""

from __future__ import annotations

from execution_reader.run_cost import RunCostLine
from html_pages.formats import NOTHING, duration
from html_pages.html import Html, element, section, table
from run_report.facts import Facts

# The least amount that is shown.
_LEAST = 0.0001


def cost(facts: Facts) -> Html | None:
    """Return the section; None if the run has started no job."""
    if not facts.costs:
        return None
    unknown = sum(line.usd is None for line in facts.costs)
    total = f"{dollars(sum(line.usd or 0 for line in facts.costs))} for the instances of the jobs"
    more = f", and {unknown} of {len(facts.costs)} jobs with an unknown cost" if unknown else ""
    columns = ("Step", "Instances", "Billed", "Cost")
    shown = table("Cost of the jobs", columns, map(_cells, facts.costs), numbers=2)
    return section("cost", "Cost", element("p", f"{total}{more}."), shown)


def _cells(line: RunCostLine) -> tuple[str, ...]:
    used = line.used
    instances = f"{used.count} × {used.type}" if used else NOTHING
    return line.step, instances, duration(used.seconds if used else None), dollars(line.usd)


def dollars(usd: float | None) -> str:
    """Return an amount of US dollars."""
    if usd is None:
        return NOTHING
    return f"< ${_LEAST}" if 0 < usd < _LEAST else f"${usd:,.4f}"
