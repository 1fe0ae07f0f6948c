"""The types of expressions, and the fields that accept them."""

from typing import Any

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.properties import find_property
from local_cloud.definition_rules.targets import Target, parse_target

# Type of a field (botocore's name) -> the types of expressions that it accepts.
_ACCEPTED = {
    "string": {"string"},
    "timestamp": {"string", "timestamp"},
    "integer": {"integer", "long"},
    "long": {"integer", "long"},
    "float": {"float", "double", "integer", "long"},
    "double": {"float", "double", "integer", "long"},
    "boolean": {"boolean"},
}


def type_of(expression: dict[str, Any], definition: Definition) -> str | None:
    """Return the botocore type of an expression's value; None if known only at run time."""
    if "Std:Join" in expression:
        return "string"
    target = parse_target(str(expression.get("Get")))
    return _type_of_target(target, definition) if target else None


def _type_of_target(target: Target, definition: Definition) -> str | None:
    if target.root == "Execution":
        return "string"
    if target.root == "Parameters":
        kind = definition.parameters.get(target.name, {}).get("Type")
        return str(kind).lower() if kind else None
    if target.root == "Steps" and target.name in definition.steps_by_name:
        return find_property(definition.steps_by_name[target.name], target.path).type
    return None


def fits(field_type: str, expression_type: str | None) -> bool:
    """Return whether a field accepts an expression of this type. An unknown type is accepted."""
    if expression_type is None:
        return True
    return expression_type in _ACCEPTED.get(field_type, {field_type})
