"""Lambda step that finds the latest approved model package of a group."""

from __future__ import annotations

import logging
from typing import Any

from clients import client

logger = logging.getLogger()
logger.setLevel(logging.INFO)


class NoApprovedModel(Exception):
    """The group has no approved model package; the message says what to do."""


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Handle a Lambda step. An exception fails the step with its message."""
    arn = latest_approved(client("sagemaker"), event["model_package_group"])
    logger.info("Using %s", arn)
    return {"model_package_arn": arn}


def latest_approved(client: Any, group: str) -> str:
    """Return the ARN of the approved package of `group` that was registered last.

    Raises:
        NoApprovedModel: the group has no approved package.
    """
    pages = client.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved",
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    for page in pages:
        for package in page["ModelPackageSummaryList"]:
            return str(package["ModelPackageArn"])
    raise NoApprovedModel(
        f"the model package group {group} has no approved version: approve one (UpdateModelPackage "
        "with ModelApprovalStatus Approved), then start the pipeline again"
    )
