"""Finds the model to predict with, for one step of one execution: the latest approved version."""

from __future__ import annotations

import logging
from typing import Any

from clients import client

logger = logging.getLogger()
logger.setLevel(logging.INFO)


class NoApprovedModel(Exception):
    """No version of the model package group is approved; the message says what to do."""


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Answer a Lambda step; raises what is to be the step's failure."""
    arn = latest_approved(client("sagemaker"), event["model_package_group"])
    logger.info("%s is used", arn)
    return {"model_package_arn": arn}


def latest_approved(client: Any, group: str) -> str:
    """The ARN of the approved version of `group` that was registered last.

    Raises:
        NoApprovedModel: there is none.
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
        f"no model of the group {group} is approved: approve a version (UpdateModelPackage with "
        "ModelApprovalStatus Approved), and start again"
    )
