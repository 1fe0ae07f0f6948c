"""Lambda step that finds the latest approved model package of a group.

If the event has `required: "OFF"`, a group without an approved package is not an error: the outputs
say so, and a Condition step ends the execution successfully.
"""

from __future__ import annotations

import logging
from typing import Any

from clients import client

FOUND, NONE = "Found", "NoApprovedModel"  # values of the output `status`

logger = logging.getLogger()
logger.setLevel(logging.INFO)


class NoApprovedModel(Exception):
    """The group has no approved model package; the message says what to do."""


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Handle a Lambda step. An exception fails the step with its message."""
    sagemaker, group = client("sagemaker"), event["model_package_group"]
    # The definition of a running execution may be older than this function.
    if event.get("required", "ON") == "ON":
        arn = latest_approved(sagemaker, group)
        logger.info("Using %s", arn)
        return {"model_package_arn": arn}
    try:
        arn = latest_approved(sagemaker, group)
    except NoApprovedModel as reason:
        logger.info("Nothing to do: %s", reason)
        return {"model_package_arn": "none", "status": NONE, "message": str(reason)}
    return {"model_package_arn": arn, "status": FOUND, "message": f"using {arn}"}


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
