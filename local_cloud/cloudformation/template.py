"""Reads types, dependencies and creation order from a template. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from local_cloud.errors import LocalCloudError

Template = Mapping[str, Any]
# "${Name}" and "${Name.Attribute}" in Fn::Sub; "${!Name}" is a literal.
_SUBSTITUTION = re.compile(r"\$\{([^!}][^}]*)\}")
_FUNCTIONS = (
    "Base64",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
)
INTRINSICS = frozenset({"Ref", *(f"Fn::{name}" for name in _FUNCTIONS)})


class CircularTemplate(LocalCloudError):
    """Resources of a template have circular dependencies."""


def resource_types(template: Template) -> dict[str, str]:
    """Return the type of each resource by its logical id."""
    return {logical: resource["Type"] for logical, resource in template["Resources"].items()}


def creation_order(resources: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the logical ids, each after its dependencies.

    Raises `CircularTemplate`.
    """
    graph = {
        logical: dependencies(resource) & set(resources) for logical, resource in resources.items()
    }
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise CircularTemplate(f"Circular dependency between resources: {circle}") from error


def dependencies(resource: Mapping[str, Any]) -> set[str]:
    """Return the names in references (parameters included) and in DependsOn."""
    explicit = resource.get("DependsOn", [])
    named = {explicit} if isinstance(explicit, str) else set(explicit)
    return named | set(_references(resource.get("Properties", {})))


def unresolved(value: Any) -> list[str]:
    """Return the intrinsic functions that are still in a value after its resolution."""
    if isinstance(value, Mapping):
        inner = [name for item in value.values() for name in unresolved(item)]
        return [key for key in value if key in INTRINSICS and len(value) == 1] + inner
    if isinstance(value, list):
        return [name for item in value for name in unresolved(item)]
    return []


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _reference(key, item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _reference(key: str, item: Any) -> Iterator[str]:
    if key == "Ref" and isinstance(item, str):
        yield item
    elif key == "Fn::GetAtt":
        yield item.split(".")[0] if isinstance(item, str) else item[0]
    elif key == "Fn::Sub":
        yield from _substituted(item)
    else:
        yield from _references(item)


def _substituted(item: Any) -> Iterator[str]:
    text, values = (item, {}) if isinstance(item, str) else item
    yield from _references(values)
    for name in _SUBSTITUTION.findall(text):
        if name not in values:
            yield name.split(".")[0]
