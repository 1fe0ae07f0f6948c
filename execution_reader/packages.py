"""The model packages that an execution has registered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from execution_reader.execution import Execution


@dataclass(frozen=True, kw_only=True)
class RegisteredPackage:
    """A registered model package. `version` is 0 for a package without a group.

    `card` is the content of its model card, if it has one that is JSON.
    """

    arn: str
    group: str
    version: int
    approval_status: str
    model_uri: str | None
    card: Mapping[str, Any] | None = None
    card_status: str | None = None


def registered_packages(sagemaker: Any, execution: Execution) -> Iterator[RegisteredPackage]:
    """Yield the packages, with their current approval status."""
    for step in execution.started.values():
        registered = step.metadata.get("RegisterModel")
        if registered and step.has_succeeded:
            found = sagemaker.describe_model_package(ModelPackageName=registered["Arn"])
            containers = found.get("InferenceSpecification", {}).get("Containers", [{}])
            yield RegisteredPackage(
                arn=registered["Arn"],
                group=found.get("ModelPackageGroupName", ""),
                version=found.get("ModelPackageVersion", 0),
                approval_status=found.get("ModelApprovalStatus", ""),
                model_uri=containers[0].get("ModelDataUrl"),
                card=card_content(found),
                card_status=found.get("ModelCard", {}).get("ModelCardStatus"),
            )


def card_content(package: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the content of the model card of a described package, or None."""
    try:
        content = json.loads(package.get("ModelCard", {}).get("ModelCardContent", "null"))
    except json.JSONDecodeError:
        return None
    return content if isinstance(content, dict) else None
