"""Checks a request against a shape of botocore, including expressions and constraints."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local_cloud.definition_rules.definition import Definition, one_of
from local_cloud.definition_rules.document import UnknownText, is_expression
from local_cloud.definition_rules.field_types import fits, type_of
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.patterns import matches
from local_cloud.definition_rules.targets import parse_target

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "blob": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (str, int, float),
}


@dataclass(frozen=True)
class Walk:
    """One pass over the request of a step.

    `given_by_service` is a member that SageMaker sets, so the request may omit it. With `plain`,
    expressions are not allowed.
    """

    definition: Definition
    step: str
    given_by_service: str = ""
    plain: bool = False

    def value(self, shape: Any, value: Any, path: str) -> Iterator[Finding]:
        """Yield the errors of `value`, which must match `shape`."""
        if is_expression(value) and not self.plain:
            yield from self._expression(shape, value, path)
        elif not _is_json_of(shape, value):
            allowed, remedy = f"a value of type {shape.type_name}", "use a value of this type"
            yield self._finding("value of the wrong type", path, value, allowed, remedy)
        elif shape.type_name == "structure":
            yield from self._structure(shape, value, path)
        elif shape.type_name == "list":
            yield from self._list(shape, value, path)
        elif shape.type_name == "map":
            yield from self._map(shape, value, path)
        elif problem := constraint_broken(shape, value):
            yield self._finding("value that the API rejects", path, value, problem, "change it")

    def _finding(self, rule: str, path: str, value: Any, allowed: str, remedy: str) -> Finding:
        return Finding(rule, self.step, path, value, allowed, remedy)

    def _structure(self, shape: Any, value: dict[str, Any], path: str) -> Iterator[Finding]:
        for name in shape.required_members:
            if name not in value and name != self.given_by_service:
                rule, remedy = "missing field", "add the field"
                yield self._finding(rule, f"{path}.{name}", None, f"a {name}", remedy)
        for name, item in value.items():
            if name in shape.members:
                yield from self.value(shape.members[name], item, f"{path}.{name}")
            else:
                rule, allowed = "unknown field", one_of(shape.members, name)
                yield self._finding(rule, f"{path}.{name}", item, allowed, "name one of these")

    def _list(self, shape: Any, value: list[Any], path: str) -> Iterator[Finding]:
        yield from self._size(shape, value, path, "items")
        for index, item in enumerate(value):
            yield from self.value(shape.member, item, f"{path}[{index}]")

    def _map(self, shape: Any, value: dict[str, Any], path: str) -> Iterator[Finding]:
        yield from self._size(shape, value, path, "entries")
        for key, item in value.items():
            yield from self.value(shape.key, key, f"{path}.{key} (its name)")
            yield from self.value(shape.value, item, f"{path}.{key}")

    def _size(self, shape: Any, value: Any, path: str, unit: str) -> Iterator[Finding]:
        least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
        if len(value) < least or (most is not None and len(value) > most):
            allowed = f"{least} to {most} {unit}" if most is not None else f"{least} or more {unit}"
            rule, remedy = "too many or too few", f"change the number of {unit}"
            yield self._finding(rule, path, len(value), allowed, remedy)

    def _expression(self, shape: Any, value: dict[str, Any], path: str) -> Iterator[Finding]:
        kind = type_of(value, self.definition)
        if not fits(shape.type_name, kind):
            rule, allowed = "expression of the wrong type", f"type {shape.type_name}"
            remedy = "use a value of this type; Std:Join converts a number to a text"
            yield self._finding(f"{rule} ({kind})", path, value, allowed, remedy)
        else:
            yield from self._known_values(shape, value, path)

    def _known_values(self, shape: Any, value: dict[str, Any], path: str) -> Iterator[Finding]:
        """Check the known values of a parameter: its default and its enumeration."""
        target = parse_target(str(value.get("Get")))
        if target is None or target.root != "Parameters":
            return
        parameter = self.definition.parameters.get(target.name, {})
        for known in (parameter.get("DefaultValue"), *parameter.get("EnumValues", [])):
            if _is_json_of(shape, known) and (problem := constraint_broken(shape, known)):
                rule, remedy = "parameter value that the API rejects", "change the parameter"
                yield self._finding(f"{rule} ({target.name})", path, known, problem, remedy)


def _is_json_of(shape: Any, value: Any) -> bool:
    if isinstance(value, bool):
        return bool(shape.type_name == "boolean")
    return isinstance(value, _JSON_TYPES[shape.type_name])


def constraint_broken(shape: Any, value: Any) -> str:
    """Return the constraint that a plain value violates; "" if the value is valid."""
    if isinstance(value, UnknownText):
        return ""
    if shape.type_name == "string":
        return _text_problem(shape.metadata, value)
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    if (low is not None and value < low) or (high is not None and value > high):
        return f"{'any' if low is None else low} to {'any' if high is None else high}"
    return ""


def _text_problem(limits: dict[str, Any], value: str) -> str:
    least, most = limits.get("min", 0), limits.get("max")
    if limits.get("enum") and value not in limits["enum"]:
        return one_of(limits["enum"], value)
    if len(value) < least or (most is not None and len(value) > most):
        return f"{least} to {'any number of' if most is None else most} characters"
    if "pattern" in limits and not matches(limits["pattern"], value):
        return f"a text that matches {limits['pattern']}"
    return ""
