"""The conditions of the gates that an execution has passed, with their values and margins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from execution_reader.expressions import label, step_references
from execution_reader.values import Missing, Values

# The type of a condition -> its sign.
SIGNS = {
    "Equals": "=",
    "GreaterThan": ">",
    "GreaterThanOrEqualTo": "≥",
    "LessThan": "<",
    "LessThanOrEqualTo": "≤",
    "In": "in",
}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A condition of a gate with its values; the margin is below 0 if it does not hold.

    `message` is what the compared step says about it, in its output of this name, if the values
    differ.
    """

    left: str
    left_value: Any
    operator: str
    right: str
    right_value: Any
    margin: float | None
    message: str = ""

    @property
    def sign(self) -> str:
        """The sign of the operator."""
        return SIGNS.get(self.operator, self.operator)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A Condition step that has run. `comparisons` hold together if the outcome is true."""

    step: str
    outcome: bool
    comparisons: tuple[Comparison, ...]


def gates_of(values: Values, missing: Missing) -> Iterator[Gate]:
    """Yield the Condition steps with an outcome, in the order in which they started."""
    for name, step in values.execution.started.items():
        outcome = step.metadata.get("Condition", {}).get("Outcome")
        if outcome is not None:
            conditions = values.execution.definition.steps[name].arguments.get("Conditions", ())
            found = tuple(_comparisons(conditions, values, missing))
            yield Gate(step=name, outcome=outcome == "True", comparisons=found)


def _comparisons(
    conditions: Sequence[Mapping[str, Any]], values: Values, missing: Missing
) -> Iterator[Comparison]:
    for condition in conditions:
        if "Conditions" in condition or "Condition" in condition:  # Or, Not
            inner = condition.get("Conditions") or [condition["Condition"]]
            yield from _comparisons(inner, values, missing)
            continue
        left = condition.get("LeftValue", condition.get("QueryValue"))
        right = condition.get("RightValue", condition.get("Values"))
        left_value, right_value = (values.of_or(each, missing) for each in (left, right))
        yield Comparison(
            left=label(left),
            left_value=left_value,
            operator=condition["Type"],
            right=label(right),
            right_value=right_value,
            margin=_margin(condition["Type"], left_value, right_value),
            message="" if left_value == right_value else _message(left, values),
        )


def _message(compared: Any, values: Values) -> str:
    """Return the output `message` of the step whose output is compared, if it has one."""
    for step in step_references([compared]):
        if values.execution.has_succeeded(step):
            return values.execution.started[step].outputs.get("message", "")
    return ""


def _margin(operator: str, left: Any, right: Any) -> float | None:
    """Return how far the values are from the limit; below 0 if the condition does not hold."""
    if not all(isinstance(each, int | float) for each in (left, right)):
        return None
    if operator.startswith("LessThan"):
        return float(right - left)
    if operator.startswith("GreaterThan"):
        return float(left - right)
    return None
