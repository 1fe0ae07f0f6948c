"""SageMaker calls for the endpoint, its configurations and models. Tags store the results."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from registry import Target, as_value
from settings import VARIANT, Settings

# SageMaker sends an event when one of these states ends, but not when a deletion ends.
CHANGING = ("Creating", "Updating", "SystemUpdating", "RollingBack")
DELETING = "Deleting"
# Tags of the endpoint: the package in service, and the configuration that was requested last.
PACKAGE = "ModelPackage"
DEPLOYING = "Deploying"
# Tag of an endpoint configuration: why its deployment failed. The deployer skips a configuration
# with this tag until its package is rejected.
FAILED = "DeploymentFailed"
POLL_SECONDS = 2

SecondsLeft = Callable[[], float]


class DeletionTimeout(Exception):
    """The endpoint was still being deleted when the function had no time left."""


@dataclass(frozen=True)
class Endpoint:
    """The endpoint as SageMaker describes it.

    `config` is the name of the endpoint configuration in service. During an update
    `pending_config` is the name of the next one.
    """

    arn: str
    status: str
    config: str
    pending_config: str | None
    reason: str
    instances: int
    tags: dict[str, str]

    @property
    def requested_config(self) -> str | None:
        """The configuration of the last deployment, until its result has been recorded."""
        return self.tags.get(DEPLOYING)

    @property
    def version(self) -> int | None:
        """The version in service.

        None if the endpoint failed, or if the deployer did not create its configuration.
        """
        return None if self.status == "Failed" else version_in(self.config)


@dataclass(frozen=True)
class EndpointClient:
    """Reads, creates, updates and deletes the endpoint, its configurations and its models."""

    sagemaker: Any
    settings: Settings

    def describe(self) -> Endpoint | None:
        """Return the endpoint, or None if it does not exist."""
        named = {"EndpointName": self.settings.endpoint}
        found = _found(self.sagemaker.describe_endpoint, **named)
        if found is None:
            return None
        # Read the tags before the state. If a tag names a deployment, it has started, so the state
        # that is read afterwards includes it.
        tags = self._tags(found["EndpointArn"])
        found = self.sagemaker.describe_endpoint(**named)
        variants = found.get("ProductionVariants", [])
        return Endpoint(
            arn=found["EndpointArn"],
            status=found["EndpointStatus"],
            config=found["EndpointConfigName"],
            pending_config=found.get("PendingDeploymentSummary", {}).get("EndpointConfigName"),
            reason=found.get("FailureReason", "SageMaker returned no FailureReason"),
            instances=variants[0].get("DesiredInstanceCount", 0) if variants else 0,
            tags=tags,
        )

    def failure_reason(self, config: str) -> str | None:
        """Return why the deployment of a configuration failed, or None if it has not failed."""
        found = _found(self.sagemaker.describe_endpoint_config, EndpointConfigName=config)
        return self._tags(found["EndpointConfigArn"]).get(FAILED) if found else None

    def mark_failed(self, config: str, reason: str) -> None:
        """Record in a tag that the deployment of a configuration failed."""
        found = self.sagemaker.describe_endpoint_config(EndpointConfigName=config)
        self.tag(found["EndpointConfigArn"], FAILED, as_value(reason))

    def clear_failures(self, version: int) -> None:
        """Remove the failure tag from the configurations of a version, so that they are retried."""
        prefix = f"{self.settings.endpoint}-v{version}-"
        pages = self.sagemaker.get_paginator("list_endpoint_configs").paginate(NameContains=prefix)
        for page in pages:
            for config in page["EndpointConfigs"]:
                self.sagemaker.delete_tags(
                    ResourceArn=config["EndpointConfigArn"], TagKeys=[FAILED]
                )

    def create_model_and_config(self, target: Target) -> None:
        """Create the model and the endpoint configuration unless they exist."""
        requests, tags = self.settings.requests, self.settings.tags(**{PACKAGE: target.package_arn})
        _create_if_missing(
            self.sagemaker.create_model,
            ModelName=target.name,
            Containers=[{"ModelPackageName": target.package_arn}],
            Tags=tags,
            **requests["model"],
        )
        variant = {"VariantName": VARIANT, "ModelName": target.name, **requests["variant"]}
        _create_if_missing(
            self.sagemaker.create_endpoint_config,
            EndpointConfigName=target.name,
            ProductionVariants=[variant],
            Tags=tags,
            **requests["config"],
        )

    def create(self, config: str) -> None:
        """Create the endpoint unless it exists."""
        _create_if_missing(
            self.sagemaker.create_endpoint,
            EndpointName=self.settings.endpoint,
            EndpointConfigName=config,
            Tags=self.settings.tags(**{DEPLOYING: config}),
        )

    def update(self, endpoint: Endpoint, config: str, alarms: list[dict[str, str]]) -> None:
        """Update the endpoint; `alarms` roll it back.

        Its number of instances is kept if the scaling limits allow it.
        """
        scaling = self.settings.requests["scaling"]
        rollback = {"AutoRollbackConfiguration": {"Alarms": alarms}}
        self.sagemaker.update_endpoint(
            EndpointName=self.settings.endpoint,
            EndpointConfigName=config,
            RetainAllVariantProperties=scaling["Min"] <= endpoint.instances <= scaling["Max"],
            DeploymentConfig={**self.settings.requests["deployment"], **rollback},
        )
        # Set the tag after the call, because SageMaker refuses an update while another one runs.
        self.tag(endpoint.arn, DEPLOYING, config)

    def record_deployment(self, endpoint: Endpoint) -> None:
        """Tag the endpoint with its pending configuration.

        Needed if the invocation that started the update ended before it could set the tag.
        """
        pending = endpoint.pending_config
        if pending in (None, endpoint.requested_config) or version_in(pending) is None:
            return
        self.tag(endpoint.arn, DEPLOYING, pending)

    def clear_deployment(self, endpoint: Endpoint) -> None:
        """Remove the tag of the last deployment: its result has been recorded."""
        self.sagemaker.delete_tags(ResourceArn=endpoint.arn, TagKeys=[DEPLOYING])

    def instance_type(self, config: str) -> str:
        """Return the instance type of a configuration."""
        found = self.sagemaker.describe_endpoint_config(EndpointConfigName=config)
        return str(found["ProductionVariants"][0]["InstanceType"])

    def delete_failed(self, seconds_left: SecondsLeft) -> None:
        """Delete the failed endpoint and wait. SageMaker cannot update an endpoint that failed."""
        try:
            self.sagemaker.delete_endpoint(EndpointName=self.settings.endpoint)
        except ClientError:
            # The endpoint is deleted or being deleted: an earlier response was lost.
            if self._status() not in (None, DELETING):
                raise
        self.wait_until_deleted(seconds_left)

    def wait_until_deleted(self, seconds_left: SecondsLeft) -> None:
        """Wait until the endpoint is deleted.

        Raises:
            DeletionTimeout: the function has no time left; Lambda retries the event.
        """
        while self._status() is not None:
            if seconds_left() < POLL_SECONDS:
                raise DeletionTimeout(f"{self.settings.endpoint} is still being deleted")
            time.sleep(POLL_SECONDS)

    def _status(self) -> str | None:
        """Return the status with one call, as the endpoint may be deleted between two calls."""
        found = _found(self.sagemaker.describe_endpoint, EndpointName=self.settings.endpoint)
        return found["EndpointStatus"] if found else None

    def tag(self, arn: str, key: str, value: str) -> None:
        """Set one tag."""
        self.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": key, "Value": value}])

    def _tags(self, arn: str) -> dict[str, str]:
        pages = self.sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


def version_in(config: str) -> int | None:
    """Return the version in the name of a configuration, or None if the name has none."""
    version = re.search(r"-v(\d+)-[0-9a-f]{8}$", config)
    return int(version[1]) if version else None


def _found(describe: Callable[..., dict[str, Any]], **names: str) -> dict[str, Any] | None:
    """Return the response of a describe call, or None if the resource does not exist."""
    try:
        return describe(**names)
    except ClientError as error:
        if "Could not find" in error.response["Error"]["Message"]:
            return None
        raise


def _create_if_missing(create: Callable[..., Any], **request: Any) -> None:
    """Create a resource unless it exists. Equal names mean equal content (see `Target`)."""
    try:
        create(**request)
    except ClientError as error:
        if "already existing" not in error.response["Error"]["Message"]:
            raise
