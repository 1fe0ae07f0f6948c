"""The steps and the parameters of a pipeline definition, as far as executions are described.

Source: the SageMaker pipeline definition JSON, version 2020-12-01.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from execution_reader.expressions import step_references

_BRANCHES = ("IfSteps", "ElseSteps")


@dataclass(frozen=True)
class DefinedStep:
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
    """A definition: the parameters with their documents, and all steps, by their names."""

    parameters: Mapping[str, Mapping[str, Any]]
    steps: Mapping[str, DefinedStep]

    def typed(self, name: str, text: str) -> Any:
        """Return the value of a parameter, which the API returns as text.

        A text that is not of the type of the parameter is returned as it is.
        """
        try:
            match self.parameters[name]["Type"]:
                case "Float":
                    return float(text)
                case "Integer":
                    return int(text)
                case "Boolean":
                    return text == "true"
        except ValueError:
            pass
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

    def directly_before(self, name: str) -> tuple[str, ...]:
        """Return the dependencies of a step for which no other of its dependencies waits."""
        known = self._dependencies(name)
        implied = {each for dependency in known for each in self._before(dependency)}
        return tuple(sorted(known - implied))

    def _before(self, name: str) -> set[str]:
        found: set[str] = set()
        waiting = self._dependencies(name)
        while more := waiting - found:
            found |= more
            waiting = {each for dependency in more for each in self._dependencies(dependency)}
        return found

    def _dependencies(self, name: str) -> set[str]:
        return {each for each in self.steps[name].dependencies if each in self.steps}


def parse(text: str) -> Definition:
    """Return the definition in a JSON document of SageMaker."""
    document = json.loads(text)
    return Definition(
        {each["Name"]: each for each in document.get("Parameters") or []},
        {step.name: step for step in _steps(document["Steps"], None)},
    )


def _steps(entries: list[Mapping[str, Any]], condition: str | None) -> Iterator[DefinedStep]:
    """Yield the steps and those of their branches; `condition` is the step with the branch."""
    for entry in entries:
        arguments = dict(entry.get("Arguments") or {})
        nested = [arguments.pop(branch, None) or [] for branch in _BRANCHES]
        named = {*entry.get("DependsOn", []), *([condition] if condition else [])}
        rest = {name: value for name, value in entry.items() if name != "Arguments"}
        yield DefinedStep(
            entry["Name"],
            entry["Type"],
            arguments,
            {each["PropertyFileName"]: each for each in entry.get("PropertyFiles") or []},
            frozenset(named | set(step_references([arguments, rest]))),
        )
        for steps in nested:
            yield from _steps(steps, entry["Name"])
