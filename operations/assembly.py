"""The synthesised templates of an environment, in the folder that `cdk synth` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from operations import OperationError

_STACK = "aws:cloudformation:stack"
DEFAULT_FOLDER = Path("cdk.out")


class AssemblyMissing(OperationError):
    """The folder has no templates of the environment; the message says what to do."""


@dataclass(frozen=True)
class Resource:
    """A resource of a template."""

    stack: str
    logical_id: str
    kind: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Stack:
    """A stack: its name, the properties of its artifact in the manifest, and its resources.

    `existing` are the resources that it uses but does not create, by their id. `policy` is the
    stack policy that protects it; None: it has none.
    """

    name: str
    artifact: Mapping[str, Any]
    resources: tuple[Resource, ...]
    existing: tuple[Resource, ...] = ()
    policy: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Assembly:
    """The stacks of an environment, and the folder that also contains their assets."""

    folder: Path
    region: str
    stacks: tuple[Stack, ...]

    @classmethod
    def read(cls, folder: Path, *, prefix: str, region: str) -> Assembly:
        """Read the stacks whose names start with `prefix`.

        Raises:
            AssemblyMissing: the folder has no such stack.
        """
        path = folder / "manifest.json"
        artifacts = _document(path)["artifacts"] if path.is_file() else {}
        stacks = tuple(
            _stack(folder, name, artifact["properties"])
            for name, artifact in artifacts.items()
            if artifact["type"] == _STACK and name.startswith(prefix)
        )
        if not stacks:
            raise AssemblyMissing(
                f"{folder} has no templates of stacks {prefix}…: run "
                f"`make synth ENV={prefix.removeprefix('redline-').removesuffix('-')}` first"
            )
        return cls(folder, region, stacks)

    def resources(self, *kinds: str) -> Iterator[Resource]:
        """Yield the resources of these types in all stacks."""
        for stack in self.stacks:
            yield from (each for each in stack.resources if each.kind in kinds)

    def existing(self, kind: str) -> list[Resource]:
        """Return the resources of a type that the stacks use but do not create."""
        return [each for stack in self.stacks for each in stack.existing if each.kind == kind]

    def referenced(self, resource: Resource, reference: Any) -> Resource | None:
        """Return the resource of the same stack to which `{"Ref": …}` points."""
        name = reference.get("Ref") if isinstance(reference, dict) else None
        for each in self.resources(*{one.kind for stack in self.stacks for one in stack.resources}):
            if (each.stack, each.logical_id) == (resource.stack, name):
                return each
        return None

    def code_of(self, function: Resource) -> Path:
        """Return the folder with a function's code; its name contains the hash in the S3 key."""
        key = self.text(function.properties["Code"]["S3Key"])
        return self.folder / f"asset.{PurePosixPath(key).stem}"

    def text(self, value: Any) -> str:
        """Return a string of a template, with TOKEN in place of values that AWS generates."""
        if isinstance(value, str):
            return value
        match value:
            case {"Fn::Join": [str(between), list(parts)]}:
                return between.join(map(self.text, parts))
            case {"Fn::Sub": str(text)}:
                return text
            case {"Ref": "AWS::Region"}:
                return self.region
            case {"Ref": "AWS::URLSuffix"}:
                return "amazonaws.com"
        return "TOKEN"


def _document(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise AssemblyMissing(
            f"{path} is not valid JSON ({error}): synthesise the environment again (`make synth`)"
        ) from error
    return document


def _stack(folder: Path, name: str, artifact: Mapping[str, Any]) -> Stack:
    template = _document(folder / artifact["templateFile"])
    resources = tuple(
        Resource(name, logical_id, each["Type"], each.get("Properties", {}))
        for logical_id, each in template["Resources"].items()
    )
    metadata = template.get("Metadata", {})
    listed = metadata.get("ExistingResources", [])
    existing = tuple(
        Resource(name, each["Id"], each["Type"], each["Properties"]) for each in listed
    )
    return Stack(name, artifact, resources, existing, metadata.get("StackPolicy"))
