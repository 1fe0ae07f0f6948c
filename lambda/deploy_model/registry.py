"""Reads and marks the model packages of the group, and names the resources that serve them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from model_packages import REFUSED, refusal
from settings import Settings

APPROVED = "Approved"
REJECTED = "Rejected"
# Version -> (ARN, approval status).
Packages = dict[int, tuple[str, str]]
MAX_VALUE_LENGTH = 256  # characters of a tag or a property


@dataclass(frozen=True)
class Target:
    """A model package to deploy. `name` is the name of its model and endpoint configuration.

    The name includes a hash of the content: the same package with the same settings has the same
    name.
    """

    package_arn: str
    version: int
    name: str


@dataclass(frozen=True)
class Registry:
    """Reads the model packages of the group, and records which of them are refused."""

    sagemaker: Any
    settings: Settings

    def packages(self) -> Packages:
        """Return the packages, the newest version first."""
        pages = self.sagemaker.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=self.settings.group
        )
        found = {
            version_of(package["ModelPackageArn"]): (
                package["ModelPackageArn"],
                package["ModelApprovalStatus"],
            )
            for page in pages
            for package in page["ModelPackageSummaryList"]
        }
        return dict(sorted(found.items(), reverse=True))

    def describe(self, package_arn: str) -> dict[str, Any]:
        """Return the response of DescribeModelPackage."""
        found: dict[str, Any] = self.sagemaker.describe_model_package(ModelPackageName=package_arn)
        return found

    def refuse(self, package_arn: str, reason: str) -> None:
        """Record why a package must not be used, until it is rejected."""
        self.sagemaker.update_model_package(
            ModelPackageArn=package_arn, CustomerMetadataProperties={REFUSED: as_value(reason)}
        )

    def clear_refusal(self, package_arn: str) -> None:
        """Remove the record of a refusal. No-op without one: an update would send an event."""
        if refusal(self.describe(package_arn)) is not None:
            self.sagemaker.update_model_package(
                ModelPackageArn=package_arn, CustomerMetadataPropertiesToRemove=[REFUSED]
            )

    def target(self, package: dict[str, Any]) -> Target:
        """Return the target that serves this package with the current settings."""
        requests = self.settings.requests
        content = {
            "containers": package["InferenceSpecification"]["Containers"],
            **{part: requests[part] for part in ("model", "variant", "config")},
        }
        text = json.dumps(content, sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        arn = package["ModelPackageArn"]
        version = version_of(arn)
        return Target(arn, version, f"{self.settings.endpoint}-v{version}-{digest}")


def as_value(text: str) -> str:
    """Return a text as the value of a tag or property: SageMaker allows few characters in it."""
    return " ".join(re.sub(r"[^\w.:/=+@-]+", " ", text).split())[:MAX_VALUE_LENGTH]


def version_of(package_arn: str) -> int:
    """Return the version of an ARN `…:model-package/<group>/<version>`."""
    return int(package_arn.rpartition("/")[2])
