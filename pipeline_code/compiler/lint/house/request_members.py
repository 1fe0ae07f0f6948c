"""Finds members of a step's request, which may have any form, with their paths."""

from collections.abc import Iterator
from typing import Any

from local_cloud.definition_rules.document import Step, objects_at

DATA_SETS = ("AthenaDatasetDefinition", "RedshiftDatasetDefinition")


def items(step: Step, *keys: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a list in a step's arguments, with their paths."""
    path = ".".join((f"{step.path}.Arguments", *keys))
    for index, item in enumerate(objects_at(step.arguments, *keys)):
        yield f"{path}[{index}]", item


def member(path: str, value: Any, *keys: str) -> Iterator[tuple[str, Any]]:
    """The member that the keys lead to, with its path, if it exists."""
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return
        value = value[key]
    yield ".".join((path, *keys)), value
