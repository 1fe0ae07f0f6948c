"""Conditions: their types and their operands. Later steps may read the `Outcome`."""

from collections.abc import Iterator
from typing import Any

from pipeline_code.compiler.document import Step, is_expression
from pipeline_code.compiler.findings import Finding
from pipeline_code.compiler.lint.aws.definition import Definition
from pipeline_code.compiler.lint.aws.field_types import type_of
from pipeline_code.compiler.lint.aws.step_type import StepType
from pipeline_code.compiler.lint.aws.targets import parse_target

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
    """Conditions that the service does not define, or that compare different types."""
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
        allowed, remedy = f"Type and {' and '.join(FIELDS[kind])}", "give these fields and no other"
        yield Finding("malformed condition", step.name, path, condition, allowed, remedy)
    elif kind == "Not":
        yield from _condition(definition, step, f"{path}.Condition", condition["Condition"])
    elif kind == "Or":
        yield from _all(definition, step, f"{path}.Conditions", condition["Conditions"])
    else:
        yield from _operands(definition, step, path, condition)


def _compares_values(condition: dict[str, Any]) -> bool:
    """Whether the operands of a comparison are single values."""
    operands = [condition[field] for field in _COMPARISON if field in condition]
    return all(is_expression(value) or isinstance(value, (str, int, float)) for value in operands)


def _operands(
    definition: Definition, step: Step, path: str, condition: dict[str, Any]
) -> Iterator[Finding]:
    values = [condition[field] for field in FIELDS[condition["Type"]]]
    left, rights = values[0], values[1] if condition["Type"] == "In" else [values[1]]
    for right in rights if isinstance(rights, list) else []:
        kinds = {_kind(definition, left), _kind(definition, right)} - {None}
        if len(kinds) > 1 and (_is_parameter(left) or _is_parameter(right)):
            allowed, remedy = "two values of one type", "change the parameter's type or the value"
            rule, value = "compares a parameter with another type", [left, right]
            yield Finding(rule, step.name, path, value, allowed, remedy)


def _is_parameter(value: Any) -> bool:
    target = parse_target(str(value.get("Get"))) if isinstance(value, dict) else None
    return target is not None and target.root == "Parameters"


def _kind(definition: Definition, value: Any) -> str | None:
    """Text, number or Boolean; None when it is known only at run time."""
    if is_expression(value):
        kind = type_of(value, definition) if "Get" in value else None
        return {"string": "text", "boolean": "truth", "integer": "number", "float": "number"}.get(
            str(kind)
        )
    if isinstance(value, bool):
        return "truth"
    return "text" if isinstance(value, str) else "number"


STEP_TYPES = (StepType(name="Condition", retried=frozenset(), check=check),)
