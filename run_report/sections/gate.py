"""The gates: the compared values and their margins, and what was decided."""

from __future__ import annotations

from execution_reader.gates import Comparison, Gate
from html_pages.formats import NOTHING, number, signed
from html_pages.html import Html, breakable, element, joined, section, table
from run_report.facts import Facts


def gates(facts: Facts) -> Html | None:
    """Return the section of all gates that the execution has passed."""
    return section("gates", "Gates", *map(_gate, facts.gates))


def _gate(gate: Gate) -> Html:
    result = "holds" if gate.outcome else "does not hold"
    heading = element("h3", gate.step, " ", element("span", result, class_=_class(gate.outcome)))
    columns = ("Value", "Measured", "Must be", "Margin")
    caption = f"Conditions of {gate.step}. A margin below 0 does not meet the limit."
    compared = table(caption, columns, map(_cells, gate.comparisons), numbers=1)
    messages = [element("p", each.message) for each in gate.comparisons if each.message]
    return joined([heading, compared, *messages])


def _cells(comparison: Comparison) -> tuple[object, ...]:
    limit = number(comparison.right_value)
    if comparison.right != str(comparison.right_value):
        limit = f"{limit} ({comparison.right})"
    margin: object = NOTHING
    if comparison.margin is not None:
        margin = element("span", signed(comparison.margin), class_=_class(comparison.margin >= 0))
    return (
        breakable(comparison.left),
        number(comparison.left_value),
        f"{comparison.sign} {limit}",
        margin,
    )


def _class(is_met: bool) -> str:
    return "met" if is_met else "missed"
