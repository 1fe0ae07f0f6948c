"""Model packages: the versions of a group, found by short names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations import NotFound
from operations.environment_clients import EnvironmentClients

PENDING = "PendingManualApproval"
APPROVED = "Approved"
REJECTED = "Rejected"


@dataclass(frozen=True)
class ModelPackage:
    """A version of a model package group."""

    arn: str
    group: str
    version: int
    status: str


def find_package(aws: EnvironmentClients, name: str, *, status: str | None = None) -> ModelPackage:
    """Find a package by ARN, by group and version, or as the newest of a group or a pipeline.

    With `status`, only packages with this status are considered. Raises `NotFound` with the
    existing packages.
    """
    if name.startswith("arn:"):
        name = name.partition("model-package/")[2]
    wanted, _, version = name.partition("/")
    group = find_group(aws, wanted)
    packages = packages_of(aws.clients("sagemaker"), group)
    for package in packages:
        if str(package.version) == version if version else status in (None, package.status):
            return package
    there = ", ".join(f"version {each.version} ({each.status})" for each in packages) or "none"
    what = f"version {version}" if version else f"package that is {status}"
    raise NotFound(
        f"{group} has no {what}; it has: {there}. Name one as {aws.short(group)}/VERSION, or train "
        "another."
    )


def find_group(aws: EnvironmentClients, name: str) -> str:
    """Return the full name of a model package group: `tickit` is that of the environment.

    Raises `NotFound` with the existing groups.
    """
    groups = group_names(aws)
    for full in (f"{aws.prefix}{name}", name):
        if full in groups:
            return full
    there = ", ".join(map(aws.short, groups)) or "none"
    raise NotFound(
        f"{name!r} does not identify one model package group. Deployed to {aws.name}: {there}."
    )


def group_names(aws: EnvironmentClients) -> list[str]:
    """Return the names of the environment's groups."""
    found = aws.pages(
        "sagemaker",
        "list_model_package_groups",
        "ModelPackageGroupSummaryList",
        NameContains=aws.prefix,
    )
    names = (str(each["ModelPackageGroupName"]) for each in found)
    return sorted(name for name in names if name.startswith(aws.prefix))


def packages_of(client: Any, group: str) -> list[ModelPackage]:
    """Return the packages of a group, the newest first."""
    pages = client.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    found = [_package(each) for page in pages for each in page["ModelPackageSummaryList"]]
    return sorted(found, key=lambda package: package.version, reverse=True)


def _package(summary: Mapping[str, Any]) -> ModelPackage:
    arn = summary["ModelPackageArn"]
    group, _, version = arn.partition("model-package/")[2].partition("/")
    return ModelPackage(arn, group, int(version), summary["ModelApprovalStatus"])
