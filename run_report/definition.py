"""The steps of a pipeline definition, with the steps that each of them waits for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
_STEP = re.compile(r"Steps\.([^.\[]+)")
_BRANCHES = ("IfSteps", "ElseSteps")


@dataclass(frozen=True)
class DefinedStep:
    """A step with its own arguments, without the steps of its branches."""

    name: str
    type: str
    arguments: Document
    property_files: Mapping[str, str]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Definition:
    """All steps, also those in branches, and the defaults of the parameters."""

    steps: Mapping[str, DefinedStep]
    defaults: Mapping[str, Any]

    @classmethod
    def read(cls, body: str) -> Definition:
        """Read the JSON of DescribePipelineDefinitionForExecution."""
        document = json.loads(body)
        found = {step.name: step for step in _steps(document["Steps"], ())}
        defaults = {each["Name"]: each.get("DefaultValue") for each in document["Parameters"]}
        return cls({name: _reduced(step, found) for name, step in found.items()}, defaults)


def _steps(entries: list[Document], above: tuple[str, ...]) -> Iterator[DefinedStep]:
    """Yield the steps and those of their branches; `above` is the condition of the branch."""
    for entry in entries:
        arguments = entry.get("Arguments", {})
        own = {name: value for name, value in arguments.items() if name not in _BRANCHES}
        waits = {*above, *entry.get("DependsOn", ()), *_referenced(own)}
        files = {
            each["PropertyFileName"]: f"{entry['Name']}/{each['OutputName']}/{each['FilePath']}"
            for each in entry.get("PropertyFiles", ())
        }
        yield DefinedStep(entry["Name"], entry["Type"], own, files, tuple(sorted(waits)))
        for branch in _BRANCHES:
            yield from _steps(arguments.get(branch, []), (entry["Name"],))


def _referenced(value: Any) -> Iterator[str]:
    """Yield the names of the steps whose results a value contains."""
    if isinstance(value, Mapping):
        if isinstance(value.get("Get"), str) and (found := _STEP.match(value["Get"])):
            yield found[1]
        for each in value.values():
            yield from _referenced(each)
    elif isinstance(value, list):
        for each in value:
            yield from _referenced(each)


def _reduced(step: DefinedStep, steps: Mapping[str, DefinedStep]) -> DefinedStep:
    """Return the step without the steps for which another step that it waits for waits as well."""
    known = [name for name in step.after if name in steps]
    implied = {before for name in known for before in _before(name, steps)}
    after = tuple(name for name in known if name not in implied)
    return DefinedStep(step.name, step.type, step.arguments, step.property_files, after)


def _before(name: str, steps: Mapping[str, DefinedStep]) -> set[str]:
    found: set[str] = set()
    open_names = list(steps[name].after)
    while open_names:
        each = open_names.pop()
        if each in steps and each not in found:
            found.add(each)
            open_names += steps[each].after
    return found
