"""Reads the model packages of the group and names the resources that serve them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from settings import Settings

APPROVED = "Approved"
REJECTED = "Rejected"


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
    """Reads the model packages of the group."""

    sagemaker: Any
    settings: Settings

    def packages(self) -> dict[int, tuple[str, str]]:
        """Return version -> (ARN, approval status), the newest version first."""
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

    def target(self, package_arn: str) -> Target:
        """Return the target that serves this package with the current settings."""
        package = self.sagemaker.describe_model_package(ModelPackageName=package_arn)
        requests = self.settings.requests
        content = {
            "containers": package["InferenceSpecification"]["Containers"],
            **{part: requests[part] for part in ("model", "variant", "config")},
        }
        text = json.dumps(content, sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        version = version_of(package_arn)
        return Target(package_arn, version, f"{self.settings.endpoint}-v{version}-{digest}")


def version_of(package_arn: str) -> int:
    """Return the version of an ARN `…:model-package/<group>/<version>`."""
    return int(package_arn.rpartition("/")[2])
