"""Iterates over the JSON of a definition: its steps with their paths, and its expressions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


class UnknownText(str):
    """A text that is unknown until an app is deployed. It is valid wherever a text is valid."""


EXPRESSIONS = ("Get", "Std:Join", "Std:JsonGet")


@dataclass(frozen=True)
class Step:
    """A step of a definition. `path` is its JSON path; `parent` is the step that contains it."""

    path: str
    document: dict[str, Any]
    parent: "Step | None" = None

    @property
    def name(self) -> str:
        return str(self.document.get("Name", ""))

    @property
    def type(self) -> str:
        return str(self.document.get("Type", ""))

    @property
    def arguments(self) -> dict[str, Any]:
        arguments = self.document.get("Arguments")
        return arguments if isinstance(arguments, dict) else {}

    @property
    def children(self) -> "tuple[Step, ...]":
        return tuple(
            Step(f"{self.path}.Arguments.{key}[{index}]", child, self)
            for key in nested_keys(self.type)
            for index, child in enumerate(objects_at(self.arguments, key))
        )


def nested_keys(step_type: str) -> tuple[str, ...]:
    """Return the names of a step type's arguments that contain other steps."""
    return {"Condition": ("IfSteps", "ElseSteps"), "ForEach": ("ForEachBody",)}.get(step_type, ())


def steps_of(body: dict[str, Any]) -> Iterator[Step]:
    """Yield all steps of a definition, including those inside of Condition and ForEach steps."""
    for index, document in enumerate(objects_at(body, "Steps")):
        yield from _with_children(Step(f"Steps[{index}]", document))


def _with_children(step: Step) -> Iterator[Step]:
    yield step
    for child in step.children:
        yield from _with_children(child)


def objects_at(value: Any, *keys: str) -> list[dict[str, Any]]:
    """Return the objects of the list at `keys`; empty if the list does not exist."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def without_nulls(value: Any) -> Any:
    """Return a copy of `value` without null members, which SageMaker treats as absent."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def own_document(step: Step) -> dict[str, Any]:
    """Return the JSON of a step without its inner steps."""
    nested = nested_keys(step.type)
    arguments = {key: value for key, value in step.arguments.items() if key not in nested}
    return {**step.document, "Arguments": arguments}


def is_expression(value: Any) -> bool:
    """Return whether `value` is an expression, whose value is known only at run time."""
    return isinstance(value, dict) and any(key in value for key in EXPRESSIONS)


def expressions_of(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all expressions in `value` with their paths, including nested expressions."""
    if is_expression(value):
        yield path, value
    items: Iterator[tuple[str, Any]] = iter(())
    if isinstance(value, dict):
        items = ((f"{path}.{key}" if path else key, item) for key, item in value.items())
    elif isinstance(value, list):
        items = ((f"{path}[{index}]", item) for index, item in enumerate(value))
    for place, item in items:
        yield from expressions_of(item, place)


def references_of(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the target of each `Get` in `value`."""
    for place, expression in expressions_of(value, path):
        if isinstance(expression.get("Get"), str):
            yield place, expression["Get"]
