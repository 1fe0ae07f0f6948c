"""Lambda step that finds the newest usable model package of a group, and verifies its model.

If the event has `required: "OFF"`, a group without a usable package is not an error: the outputs
say so, and a Condition step ends the execution successfully. A model that is not the one that was
evaluated always fails the step.
"""

from __future__ import annotations

import logging
from typing import Any

from clients import client
from model_packages import ModelRefused, read_model, usable_packages
from refused_models import count_refused

FOUND, NONE = "Found", "NoApprovedModel"  # values of the output `status`

logger = logging.getLogger()
logger.setLevel(logging.INFO)


class NoApprovedModel(Exception):
    """The group has no usable model package; the message says what to do."""


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Handle a Lambda step. An exception fails the step with its message."""
    sagemaker, group = client("sagemaker"), event["model_package_group"]
    # The definition of a running execution may be older than this function.
    if event.get("required", "ON") == "ON":
        arn = latest_verified(sagemaker, group)
        logger.info("Using %s", arn)
        return {"model_package_arn": arn}
    try:
        arn = latest_verified(sagemaker, group)
    except NoApprovedModel as reason:
        logger.info("Nothing to do: %s", reason)
        return {"model_package_arn": "none", "status": NONE, "message": str(reason)}
    return {"model_package_arn": arn, "status": FOUND, "message": f"using {arn}"}


def latest_verified(sagemaker: Any, group: str) -> str:
    """Return the ARN of the usable package of `group` that was registered last.

    Raises:
        NoApprovedModel: the group has no usable package.
        ModelRefused: the model of the package is not the one that was evaluated.
    """
    package = next(usable_packages(sagemaker, group), None)
    if package is None:
        raise NoApprovedModel(
            f"the model package group {group} has no approved version that may be used: approve "
            "one (UpdateModelPackage with ModelApprovalStatus Approved), then start the pipeline "
            "again"
        )
    try:
        read_model(package, client("s3"))
    except ModelRefused:
        count_refused()
        raise
    return str(package["ModelPackageArn"])
