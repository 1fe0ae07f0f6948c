"""The conditions of a Condition step. Source: the pipeline definition JSON, 2020-12-01."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local_cloud.sagemaker.exceptions import ExpressionError

Condition = Mapping[str, Any]
Evaluate = Callable[[Any], Any]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}


def all_hold(conditions: Sequence[Condition], evaluate: Evaluate) -> bool:
    """Return whether all conditions are true. Raises `ExpressionError` for incomparable values."""
    return all(_holds(condition, evaluate) for condition in conditions)


def _holds(condition: Condition, evaluate: Evaluate) -> bool:
    kind = condition["Type"]
    if kind == "Not":
        return not _holds(condition["Condition"], evaluate)
    if kind == "Or":
        return any(_holds(inner, evaluate) for inner in condition["Conditions"])
    if kind == "In":
        return evaluate(condition["QueryValue"]) in evaluate(condition["Values"])
    return _compare(kind, evaluate(condition["LeftValue"]), evaluate(condition["RightValue"]))


def _compare(kind: str, left: Any, right: Any) -> bool:
    if kind != "Equals" and not _comparable(left, right):
        raise ExpressionError(
            f"{kind} cannot compare {left!r} ({type(left).__name__}) with "
            f"{right!r} ({type(right).__name__}): both must be numbers or both strings."
        )
    return bool(_COMPARISONS[kind](left, right))


def _comparable(left: Any, right: Any) -> bool:
    return (isinstance(left, str) and isinstance(right, str)) or (_number(left) and _number(right))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
