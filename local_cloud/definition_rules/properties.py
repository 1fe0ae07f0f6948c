"""Finds the properties of a step that later steps may read: members of the Describe response."""

from dataclasses import dataclass
from typing import Any

from local_cloud.definition_rules.definition import one_of
from local_cloud.definition_rules.document import Step, objects_at
from local_cloud.definition_rules.service_model import shape
from local_cloud.definition_rules.step_type import step_type

# Lists whose items have names: path of the list -> key of the name in an item.
_NAMED_LISTS: dict[tuple[str | int, ...], str] = {
    ("ProcessingInputs",): "InputName",
    ("ProcessingOutputConfig", "Outputs"): "OutputName",
}


@dataclass(frozen=True)
class Property:
    """The type of a property (None: known only at run time), or the `problem` if it is unknown."""

    type: str | None = None
    problem: str = ""


def find_property(step: Step, path: tuple[str | int, ...]) -> Property:
    """Find a property of a step. If it does not exist, `problem` lists the allowed names."""
    kind = step_type(step)
    shapes = kind.properties
    if step.type in ("Lambda", "Callback"):
        return _declared_output(step, path)
    if kind.named_properties:
        return _member(path, kind.named_properties)
    if shapes is None:
        return Property()
    if not shapes:
        return Property(problem=f"none: a {step.type} step has no properties")
    return _described(step, shapes, path)


def _member(path: tuple[str | int, ...], allowed: tuple[str, ...]) -> Property:
    return Property() if path[:1] and path[0] in allowed else Property(problem=one_of(allowed))


def _declared_output(step: Step, path: tuple[str | int, ...]) -> Property:
    outputs = {
        str(output.get("OutputName")): str(output.get("OutputType", "String")).lower()
        for output in step.document.get("OutputParameters", [])
    }
    if len(path) == 2 and path[0] == "OutputParameters" and path[1] in outputs:
        return Property(outputs[str(path[1])])
    return Property(problem=one_of(f"OutputParameters['{name}']" for name in outputs))


def _described(step: Step, shapes: tuple[str, ...], path: tuple[str | int, ...]) -> Property:
    roots = [shape(name) for name in shapes]
    at = next((root for root in roots if path and path[0] in root.members), roots[0])
    if not path:
        return Property(problem=f"a property, for example {one_of(at.members)}")
    for index, token in enumerate(path):
        problem = _problem(at, token) or _unknown_item(step, path[:index], token)
        if problem:
            return Property(problem=problem)
        at = _inside(at, token)
    return Property(at.type_name)


def _problem(at: Any, token: str | int) -> str:
    if at.type_name == "structure" and token not in at.members:
        return one_of(at.members, token)
    if at.type_name not in ("structure", "list", "map"):
        return f"nothing after a value of type {at.type_name}"
    return ""


def _inside(at: Any, token: str | int) -> Any:
    if at.type_name == "structure":
        return at.members[token]
    return at.member if at.type_name == "list" else at.value


def _unknown_item(step: Step, list_path: tuple[str | int, ...], token: str | int) -> str:
    key = _NAMED_LISTS.get(list_path)
    if key is None or isinstance(token, int):
        return ""
    names = [item.get(key) for item in objects_at(step.arguments, *map(str, list_path))]
    return "" if token in names else one_of(f"['{name}']" for name in names)
