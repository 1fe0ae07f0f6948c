"""The versions of a model package group with the reasons of the decisions about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from execution_reader.packages import card_content
from operations.environment_clients import EnvironmentClients
from operations.models.endpoints import REFUSED


@dataclass(frozen=True)
class Version:
    """A model package.

    `reason` is the description of the decision, and `refused` why the deployer does not use it.
    `card` is the content of its model card.
    """

    arn: str
    group: str
    version: int
    created: datetime
    status: str
    reason: str | None
    refused: str | None
    card: Mapping[str, Any] | None


def versions_of(aws: EnvironmentClients, group: str, *, limit: int) -> list[Version]:
    """Return the newest versions of a group, the newest first."""
    found = aws.pages(
        "sagemaker",
        "list_model_packages",
        "ModelPackageSummaryList",
        limit=limit,
        ModelPackageGroupName=group,
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    return [_version(aws, group, each["ModelPackageArn"]) for each in found]


def _version(aws: EnvironmentClients, group: str, arn: str) -> Version:
    described = aws.clients("sagemaker").describe_model_package(ModelPackageName=arn)
    return Version(
        arn=arn,
        group=group,
        version=described["ModelPackageVersion"],
        created=described["CreationTime"],
        status=described["ModelApprovalStatus"],
        reason=described.get("ApprovalDescription"),
        refused=described.get("CustomerMetadataProperties", {}).get(REFUSED),
        card=card_content(described),
    )
