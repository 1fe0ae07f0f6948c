"""Every environment, synthesised once a process and shared by all tests that read templates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk

from stacks.application import build_app, new_app
from stacks.environments import ENVIRONMENTS

ENVIRONMENT_NAMES = tuple(ENVIRONMENTS)
CORE = ("network", "data", "warehouse", "alerts")
PIPELINES = {
    name: tuple(pipeline.name for pipeline in environment.pipelines if pipeline.enabled)
    for name, environment in ENVIRONMENTS.items()
}
SERVED = {
    name: tuple(
        pipeline.name for pipeline in environment.pipelines if pipeline.enabled and pipeline.serving
    )
    for name, environment in ENVIRONMENTS.items()
}
PARTS = {
    name: (*CORE, *PIPELINES[name], *(f"{pipeline}-serving" for pipeline in SERVED[name]))
    for name in ENVIRONMENT_NAMES
}
STACKS = tuple((name, part) for name in ENVIRONMENT_NAMES for part in PARTS[name])


@dataclass(frozen=True)
class Synthesised:
    """One environment: its app, its cloud assembly and the templates by part."""

    app: cdk.App
    folder: Path
    templates: dict[str, dict[str, Any]]

    def resources(self, part: str, kind: str) -> dict[str, dict[str, Any]]:
        """The resources of one type in one stack, by logical id."""
        found = self.templates[part]["Resources"].items()
        return {name: resource for name, resource in found if resource["Type"] == kind}

    def the(self, part: str, kind: str) -> dict[str, Any]:
        """The properties of the only resource of its type in a stack."""
        (resource,) = self.resources(part, kind).values()
        return resource["Properties"]

    def everything(self) -> list[tuple[str, dict[str, Any]]]:
        """Every resource of every stack, as `part/logical id` and itself."""
        return [
            (f"{part}/{name}", resource)
            for part, template in self.templates.items()
            for name, resource in template["Resources"].items()
        ]


@cache
def _folder() -> TemporaryDirectory:
    return TemporaryDirectory(prefix="redline-synthesised-")


@cache
def synthesised(name: str) -> Synthesised:
    """The environment of that name."""
    folder = Path(_folder().name) / name
    app = build_app(ENVIRONMENTS[name], new_app(folder))
    app.synth()
    templates = {
        part: json.loads((folder / f"redline-{name}-{part}.template.json").read_text())
        for part in PARTS[name]
    }
    return Synthesised(app, folder, templates)


def statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """The statements of a policy resource, with actions and resources as lists."""
    return [
        {
            **statement,
            "Action": _list(statement["Action"]),
            "Resource": _list(statement["Resource"]),
        }
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def joined(value: Any) -> str:
    """A string of a template with its references in angle brackets."""
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            return delimiter.join(joined(part) for part in parts)
        case str(text):
            return text
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Ref": name} | {"Fn::ImportValue": name} | {"Fn::Sub": name}:
            return f"<{name}>"
    raise AssertionError(f"no string of a template: {value!r}")
