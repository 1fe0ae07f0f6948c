"""Reads the cloud assembly, which is the output of `cdk synth`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cloud.errors import DeployFailed

_STACK = "aws:cloudformation:stack"


@dataclass(frozen=True)
class StackArtifact:
    """One stack of the assembly: its name in CloudFormation, its region, and its template."""

    name: str
    region: str
    template: dict[str, Any]

    @property
    def types(self) -> dict[str, str]:
        """The resource types by logical id."""
        return {name: resource["Type"] for name, resource in self.template["Resources"].items()}

    @property
    def existing(self) -> list[dict[str, Any]]:
        """The resources that the stack uses but does not create: type, id and properties."""
        listed: list[dict[str, Any]] = self.template.get("Metadata", {}).get(
            "ExistingResources", []
        )
        return listed


def read_assembly(folder: Path) -> tuple[StackArtifact, ...]:
    """Read the stacks, each after its dependencies.

    Raises `DeployFailed` if the app looks up values that only a real account has.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    missing = [item["key"] for item in manifest.get("missing", [])]
    if missing:
        raise DeployFailed(
            f"The app looks up {', '.join(missing)} in an account. "
            "Commit the values to cdk.context.json, or set them in the environment."
        )
    artifacts = {
        name: artifact
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == _STACK
    }
    return tuple(_stack(folder, name, artifacts[name]) for name in _in_order(artifacts))


def _stack(folder: Path, identifier: str, artifact: dict[str, Any]) -> StackArtifact:
    properties = artifact["properties"]
    return StackArtifact(
        name=properties.get("stackName", identifier),
        # aws://account/region
        region=artifact["environment"].rpartition("/")[2],
        template=json.loads((folder / properties["templateFile"]).read_text(encoding="utf-8")),
    )


def _in_order(artifacts: dict[str, dict[str, Any]]) -> list[str]:
    order: list[str] = []

    def visit(name: str) -> None:
        if name in order or name not in artifacts:
            return
        for dependency in artifacts[name].get("dependencies", []):
            visit(dependency)
        order.append(name)

    for name in artifacts:
        visit(name)
    return order
