"""The conditions of the gates that an execution has passed, with their values and margins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from run_report.definition import Definition
from run_report.facts import Comparison, Gate
from run_report.values import Values, label

Document = Mapping[str, Any]
_SIGNS = {
    "Equals": "=",
    "GreaterThan": ">",
    "GreaterThanOrEqualTo": "≥",
    "LessThan": "<",
    "LessThanOrEqualTo": "≤",
    "In": "in",
}


def gates_of(
    definition: Definition, started: Mapping[str, Document], values: Values
) -> Iterator[Gate]:
    """Yield the Condition steps with an outcome, in the order of the definition."""
    for name, step in definition.steps.items():
        outcome = started.get(name, {}).get("Metadata", {}).get("Condition", {}).get("Outcome")
        if outcome is not None:
            found = tuple(_comparisons(step.arguments.get("Conditions", ()), values))
            yield Gate(step=name, outcome=outcome == "True", comparisons=found)


def _comparisons(conditions: Sequence[Document], values: Values) -> Iterator[Comparison]:
    for condition in conditions:
        if "Conditions" in condition or "Condition" in condition:  # Or, Not
            inner = condition.get("Conditions") or [condition["Condition"]]
            yield from _comparisons(inner, values)
            continue
        left = condition.get("LeftValue", condition.get("QueryValue"))
        right = condition.get("RightValue", condition.get("Values"))
        left_value, right_value = values.of(left), values.of(right)
        kind = str(condition["Type"])
        yield Comparison(
            left=label(left),
            left_value=left_value,
            operator=_SIGNS.get(kind, kind),
            right=label(right),
            right_value=right_value,
            margin=_margin(kind, left_value, right_value),
        )


def _margin(kind: str, left: Any, right: Any) -> float | None:
    """Return how far the values are from the limit; below 0 if the condition does not hold."""
    if not all(isinstance(each, int | float) for each in (left, right)):
        return None
    if kind.startswith("LessThan"):
        return float(right - left)
    if kind.startswith("GreaterThan"):
        return float(left - right)
    return None
