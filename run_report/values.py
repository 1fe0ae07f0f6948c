"""The values of the expressions in a definition, as far as the facts of an execution tell them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from run_report.definition import Definition

UNKNOWN = None
_PROPERTY_FILE = re.compile(r"Steps\.(?P<step>[^.]+)\.PropertyFiles\.(?P<file>.+)")
_OUTPUT = re.compile(r"Steps\.(?P<step>[^.]+)\.OutputParameters\['(?P<name>[^']+)'\]")
_PATH_PART = re.compile(r"[^.\[\]'\"]+")


@dataclass(frozen=True)
class Values:
    """What expressions refer to. `outputs` are those of Lambda and Callback steps, by step."""

    definition: Definition
    execution: Mapping[str, str]
    parameters: Mapping[str, str]
    outputs: Mapping[str, Mapping[str, str]]
    documents: Mapping[str, Any]

    def of(self, expression: Any) -> Any:
        """Return the value, or None if it is not known."""
        if not isinstance(expression, Mapping):
            return expression
        if "Get" in expression:
            return self._reference(str(expression["Get"]))
        if "Std:JsonGet" in expression:
            return self._member(expression["Std:JsonGet"])
        if "Std:Join" in expression:
            return self._join(expression["Std:Join"])
        return UNKNOWN

    def _reference(self, name: str) -> Any:
        kind, _, rest = name.partition(".")
        if kind == "Parameters":
            return _number(self.parameters.get(rest), self.definition.defaults.get(rest))
        if kind == "Execution":
            return self.execution.get(rest)
        if found := _OUTPUT.fullmatch(name):
            return self.outputs.get(found["step"], {}).get(found["name"])
        return UNKNOWN

    def _member(self, get: Mapping[str, Any]) -> Any:
        found = _PROPERTY_FILE.fullmatch(str(get.get("PropertyFile", {}).get("Get", "")))
        step = self.definition.steps.get(found["step"]) if found else None
        if found is None or step is None:
            return UNKNOWN
        value = self.documents.get(step.property_files.get(found["file"], ""))
        for part in _PATH_PART.findall(str(get["Path"])):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value

    def _join(self, join: Mapping[str, Any]) -> Any:
        parts = [self.of(part) for part in join["Values"]]
        return UNKNOWN if UNKNOWN in parts else join["On"].join(map(str, parts))


def label(expression: Any) -> str:
    """Return a short name of an operand of a condition."""
    if not isinstance(expression, Mapping):
        return str(expression)
    if "Std:JsonGet" in expression:
        return str(expression["Std:JsonGet"]["Path"])
    name = str(expression.get("Get", "a joined text"))
    if found := _OUTPUT.fullmatch(name):
        return f"{found['step']}.{found['name']}"
    return name.removeprefix("Parameters.")


def _number(value: str | None, default: Any) -> Any:
    """Return a parameter with the type of its default: the API returns all values as text."""
    if value is None or isinstance(default, bool | str | None):
        return value
    try:
        return type(default)(value)
    except ValueError:
        return float(value)
