"""The steps and the parameters of a pipeline definition, as far as the commands use them.

Source: the SageMaker pipeline definition JSON, version 2020-12-01.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.executions.expressions import step_references

_BRANCHES = ("IfSteps", "ElseSteps")


@dataclass(frozen=True)
class Step:
    """A step. `arguments` does not contain nested steps.

    `property_files` has the documents of the files, by their names. `dependencies` are the steps
    that must end before it.
    """

    name: str
    type: str
    arguments: Mapping[str, Any]
    property_files: Mapping[str, Mapping[str, str]]
    dependencies: frozenset[str]


@dataclass(frozen=True)
class Definition:
    """A definition: the parameters with their documents, and the steps, by their names."""

    parameters: Mapping[str, Mapping[str, Any]]
    steps: Mapping[str, Step]

    def typed(self, name: str, text: str) -> Any:
        """Return the value of a parameter, which the API returns as text."""
        match self.parameters[name]["Type"]:
            case "Float":
                return float(text)
            case "Integer":
                return int(text)
            case "Boolean":
                return text == "true"
        return text

    def defaults(self) -> dict[str, Any]:
        """Return the defaults of the parameters that have one."""
        return {
            name: each["DefaultValue"]
            for name, each in self.parameters.items()
            if "DefaultValue" in each
        }

    def from_step(self, first: str) -> list[str]:
        """Return a step and all its direct and indirect dependents, in the order of the steps."""
        found = {first}
        while more := {n for n, step in self.steps.items() if step.dependencies & found} - found:
            found |= more
        return [name for name in self.steps if name in found]

    def needed_by(self, selected: set[str]) -> set[str]:
        """Return the steps that are not selected, but whose results the selected steps use."""
        return {each for name in selected for each in self.steps[name].dependencies} - selected


def parse(text: str) -> Definition:
    """Return the definition in a JSON document of SageMaker."""
    document = json.loads(text)
    return Definition(
        {each["Name"]: each for each in document.get("Parameters") or []},
        {step.name: step for step in _steps(document["Steps"], None)},
    )


def _steps(entries: list[Mapping[str, Any]], condition: str | None) -> Iterator[Step]:
    for entry in entries:
        arguments = dict(entry.get("Arguments") or {})
        nested = [arguments.pop(branch, None) or [] for branch in _BRANCHES]
        named = {*entry.get("DependsOn", []), *([condition] if condition else [])}
        rest = {name: value for name, value in entry.items() if name != "Arguments"}
        yield Step(
            entry["Name"],
            entry["Type"],
            arguments,
            {each["PropertyFileName"]: each for each in entry.get("PropertyFiles") or []},
            frozenset(named | set(step_references([arguments, rest]))),
        )
        for steps in nested:
            yield from _steps(steps, entry["Name"])
