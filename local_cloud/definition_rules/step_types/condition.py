"""Rules for Condition steps: types and operands. Later steps may read the `Outcome`."""

from collections.abc import Iterator
from typing import Any

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step, is_expression
from local_cloud.definition_rules.field_types import type_of
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.step_type import StepType

_COMPARISON = ("LeftValue", "RightValue")
# Condition type -> its fields in addition to Type.
FIELDS = {
    "Equals": _COMPARISON,
    "GreaterThan": _COMPARISON,
    "GreaterThanOrEqualTo": _COMPARISON,
    "LessThan": _COMPARISON,
    "LessThanOrEqualTo": _COMPARISON,
    "In": ("QueryValue", "Values"),
    "Not": ("Condition",),
    "Or": ("Conditions",),
}


def check(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield conditions of unknown type, and comparisons of operands of different types."""
    path = f"{step.path}.Arguments.Conditions"
    yield from _all(definition, step, path, step.arguments.get("Conditions"))


def _all(definition: Definition, step: Step, path: str, conditions: Any) -> Iterator[Finding]:
    if not isinstance(conditions, list) or not conditions:
        allowed, remedy = "a list of at least one condition", "add a condition"
        yield Finding("no conditions", step.name, path, conditions, allowed, remedy)
        return
    for index, condition in enumerate(conditions):
        yield from _condition(definition, step, f"{path}[{index}]", condition)


def _condition(definition: Definition, step: Step, path: str, condition: Any) -> Iterator[Finding]:
    kind = condition.get("Type") if isinstance(condition, dict) else condition
    if not isinstance(kind, str) or kind not in FIELDS:
        allowed, remedy = ", ".join(FIELDS), "name one of these types"
        yield Finding("unknown condition type", step.name, f"{path}.Type", kind, allowed, remedy)
    elif set(condition) != {"Type", *FIELDS[kind]} or not _compares_values(condition):
        allowed, remedy = f"Type and {' and '.join(FIELDS[kind])}", "use exactly these fields"
        yield Finding("malformed condition", step.name, path, condition, allowed, remedy)
    elif kind == "Not":
        yield from _condition(definition, step, f"{path}.Condition", condition["Condition"])
    elif kind == "Or":
        yield from _all(definition, step, f"{path}.Conditions", condition["Conditions"])
    else:
        yield from _operands(definition, step, path, condition)


def _compares_values(condition: dict[str, Any]) -> bool:
    """Return whether the operands are single values, and the Values of In are a list."""
    operands = [condition[field] for field in _COMPARISON if field in condition]
    values = condition.get("Values", []) if condition["Type"] == "In" else []
    return isinstance(values, list) and all(
        is_expression(value) or isinstance(value, (str, int, float))
        for value in [*operands, *values]
    )


def _operands(
    definition: Definition, step: Step, path: str, condition: dict[str, Any]
) -> Iterator[Finding]:
    values = [condition[field] for field in FIELDS[condition["Type"]]]
    left, rights = values[0], values[1] if condition["Type"] == "In" else [values[1]]
    for right in rights if isinstance(rights, list) else []:
        kinds = {_kind(definition, left), _kind(definition, right)} - {None}
        if len(kinds) > 1:
            allowed, remedy = "two values of one type", "change one of the two values"
            rule, value = "compares values of different types", [left, right]
            yield Finding(rule, step.name, path, value, allowed, remedy)


def _kind(definition: Definition, value: Any) -> str | None:
    """Return the kind of an operand: text, number or Boolean; None if known only at run time."""
    if is_expression(value):
        kind = type_of(value, definition)
        return {"string": "text", "boolean": "truth", "integer": "number", "float": "number"}.get(
            str(kind)
        )
    if isinstance(value, bool):
        return "truth"
    return "text" if isinstance(value, str) else "number"


STEP_TYPES = (
    StepType(
        name="Condition",
        arguments=frozenset({"Conditions", "IfSteps", "ElseSteps"}),
        named_properties=("Outcome",),
        retried=frozenset(),
        check=check,
    ),
)
