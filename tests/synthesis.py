"""Synthesises environments for tests: the app, its cloud assembly and the templates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import aws_cdk as cdk

from pipeline_code.pipelines import FOLDER
from stacks.application import build_app, new_app
from stacks.config import Environment
from warehouse.existing_tables import FOLDER as EXISTING
from warehouse.schema import Migration

CORE = ("network", "data", "warehouse", "alerts", "operations")


@dataclass(frozen=True)
class Synthesised:
    """One environment and the root of its pipelines: app, cloud assembly, part -> template."""

    environment: Environment
    root: Path
    app: cdk.App
    folder: Path
    templates: dict[str, dict[str, Any]]

    def resources(self, part: str, kind: str) -> dict[str, dict[str, Any]]:
        """Return logical id -> resource, for the resources of one type in one stack."""
        found = self.templates[part]["Resources"].items()
        return {name: resource for name, resource in found if resource["Type"] == kind}

    def the(self, part: str, kind: str) -> dict[str, Any]:
        """Return the properties of the only resource of its type in a stack."""
        (resource,) = self.resources(part, kind).values()
        return resource["Properties"]

    def everything(self) -> list[tuple[str, dict[str, Any]]]:
        """Pairs of `part/logical id` and resource, for every resource of every stack."""
        return [
            (f"{part}/{name}", resource)
            for part, template in self.templates.items()
            for name, resource in template["Resources"].items()
        ]


def parts(environment: Environment) -> list[str]:
    """Return the parts of an environment: the stack names without their prefix."""
    enabled = [each for each in environment.pipelines if each.enabled]
    served = [f"{each.name}-serving" for each in enabled if each.serving]
    studio = ["studio"] if environment.studio else []
    return [*CORE, *studio, *(each.name for each in enabled), *served]


@cache
def _folder() -> TemporaryDirectory:
    return TemporaryDirectory(prefix="redline-synthesised-")


def synthesise(
    environment: Environment,
    *,
    root: Path = FOLDER,
    migrations: Sequence[Migration] | None = None,
    described: Path = EXISTING,
) -> Synthesised:
    """Synthesise an environment whose pipelines are the folders of `root`."""
    folder = Path(mkdtemp(prefix=f"{environment.name}-", dir=_folder().name))
    app = build_app(
        environment, new_app(folder), root=root, migrations=migrations, described=described
    )
    app.synth()
    start, end = f"redline-{environment.name}-", ".template.json"
    templates = {
        path.name.removeprefix(start).removesuffix(end): json.loads(path.read_text())
        for path in sorted(folder.glob(f"{start}*{end}"))
    }
    return Synthesised(environment, root, app, folder, templates)


def statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of a policy resource, with actions and resources as lists."""
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
    """Return a string of a template, with references in angle brackets."""
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
