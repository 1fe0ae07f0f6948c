"""The endpoint, its configurations and their models, and what is remembered of them in tags."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from registry import Target
from settings import VARIANT, Settings

# An event tells the end of these; none tells that of a deletion.
CHANGING = ("Creating", "Updating", "SystemUpdating", "RollingBack")
DELETING = "Deleting"
# Tags. Of the endpoint: what answers, and the configuration that it was told to take last.
PACKAGE = "ModelPackage"
DEPLOYING = "Deploying"
# Of a configuration whose deployment failed: why. It is not tried again until it is rejected.
FAILED = "DeploymentFailed"
LONGEST_TAG = 256  # characters
LOOK_AGAIN_SECONDS = 2

SecondsLeft = Callable[[], float]


class NotGone(Exception):
    """An endpoint is still being deleted, and there is no time left to wait for its end."""


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as it stands; `config` is what answers, also while `pending` is on its way."""

    arn: str
    status: str
    config: str
    pending: str | None
    reason: str
    instances: int
    tags: dict[str, str]

    @property
    def told(self) -> str | None:
        """The configuration that it was told to take, until somebody has seen how that ended."""
        return self.tags.get(DEPLOYING)

    @property
    def version(self) -> int | None:
        """The version that answers; none of a failed endpoint, or of a configuration not ours."""
        return None if self.status == "Failed" else _version_in(self.config)


@dataclass(frozen=True)
class Hosting:
    """The endpoint, its configurations and their models."""

    sagemaker: Any
    settings: Settings

    def endpoint(self) -> Endpoint | None:
        """The endpoint, if there is one."""
        named = {"EndpointName": self.settings.endpoint}
        found = _found(self.sagemaker.describe_endpoint, **named)
        if found is None:
            return None
        # Tags first: what they say has begun, and the state that is read after it knows of it.
        tags = self._tags(found["EndpointArn"])
        found = self.sagemaker.describe_endpoint(**named)
        variants = found.get("ProductionVariants", [])
        return Endpoint(
            arn=found["EndpointArn"],
            status=found["EndpointStatus"],
            config=found["EndpointConfigName"],
            pending=found.get("PendingDeploymentSummary", {}).get("EndpointConfigName"),
            reason=found.get("FailureReason", "SageMaker gives no reason"),
            instances=variants[0].get("DesiredInstanceCount", 0) if variants else 0,
            tags=tags,
        )

    def failure(self, config: str) -> str | None:
        """Why the deployment of a configuration failed, if it did."""
        found = _found(self.sagemaker.describe_endpoint_config, EndpointConfigName=config)
        return self._tags(found["EndpointConfigArn"]).get(FAILED) if found else None

    def mark_failed(self, config: str, reason: str) -> None:
        """Remember that the deployment of a configuration failed."""
        found = self.sagemaker.describe_endpoint_config(EndpointConfigName=config)
        # Tags take letters, digits and a few signs.
        text = " ".join(re.sub(r"[^\w.:/=+@-]+", " ", reason).split())
        self.tag(found["EndpointConfigArn"], FAILED, text[:LONGEST_TAG])

    def forget_failures(self, version: int) -> None:
        """Let the configurations of a version be tried again."""
        begin = f"{self.settings.endpoint}-v{version}-"
        pages = self.sagemaker.get_paginator("list_endpoint_configs").paginate(NameContains=begin)
        for page in pages:
            for config in page["EndpointConfigs"]:
                self.sagemaker.delete_tags(
                    ResourceArn=config["EndpointConfigArn"], TagKeys=[FAILED]
                )

    def make(self, target: Target) -> None:
        """Make the model and the configuration, unless they are there."""
        requests, tags = self.settings.requests, self.settings.tags(**{PACKAGE: target.package_arn})
        _unless_there(
            self.sagemaker.create_model,
            ModelName=target.name,
            Containers=[{"ModelPackageName": target.package_arn}],
            Tags=tags,
            **requests["model"],
        )
        variant = {"VariantName": VARIANT, "ModelName": target.name, **requests["variant"]}
        _unless_there(
            self.sagemaker.create_endpoint_config,
            EndpointConfigName=target.name,
            ProductionVariants=[variant],
            Tags=tags,
            **requests["config"],
        )

    def create(self, config: str) -> None:
        """Create the endpoint."""
        _unless_there(
            self.sagemaker.create_endpoint,
            EndpointName=self.settings.endpoint,
            EndpointConfigName=config,
            Tags=self.settings.tags(**{DEPLOYING: config}),
        )

    def update(self, endpoint: Endpoint, config: str) -> None:
        """Update the endpoint; what it has scaled to is kept where it is still allowed."""
        scaling = self.settings.requests["scaling"]
        self.sagemaker.update_endpoint(
            EndpointName=self.settings.endpoint,
            EndpointConfigName=config,
            RetainAllVariantProperties=scaling["Min"] <= endpoint.instances <= scaling["Max"],
            DeploymentConfig=self.settings.requests["deployment"],
        )
        # Only now: a run that came too late must not note what never began.
        self.tag(endpoint.arn, DEPLOYING, config)

    def note_deploying(self, endpoint: Endpoint) -> None:
        """Remember what is on its way, where the run that began it could not."""
        if endpoint.pending in (None, endpoint.told) or _version_in(endpoint.pending) is None:
            return
        self.tag(endpoint.arn, DEPLOYING, endpoint.pending)

    def forget_deploying(self, endpoint: Endpoint) -> None:
        """How the last deployment ended has been seen."""
        self.sagemaker.delete_tags(ResourceArn=endpoint.arn, TagKeys=[DEPLOYING])

    def instance_type(self, config: str) -> str:
        """The instance type of a configuration."""
        found = self.sagemaker.describe_endpoint_config(EndpointConfigName=config)
        return str(found["ProductionVariants"][0]["InstanceType"])

    def delete_failed(self, seconds_left: SecondsLeft) -> None:
        """Delete a failed endpoint, with which nothing else can be done, and wait for the end."""
        try:
            self.sagemaker.delete_endpoint(EndpointName=self.settings.endpoint)
        except ClientError:
            # It was deleted, and the answer was lost.
            if self._status() not in (None, DELETING):
                raise
        self.wait_until_gone(seconds_left)

    def wait_until_gone(self, seconds_left: SecondsLeft) -> None:
        """Wait for the end of a deletion; raises NotGone, and Lambda calls again."""
        while self._status() is not None:
            if seconds_left() < LOOK_AGAIN_SECONDS:
                raise NotGone(f"{self.settings.endpoint} is still being deleted")
            time.sleep(LOOK_AGAIN_SECONDS)

    def _status(self) -> str | None:
        """The status alone, in one call: an endpoint that goes may be gone before the next."""
        found = _found(self.sagemaker.describe_endpoint, EndpointName=self.settings.endpoint)
        return found["EndpointStatus"] if found else None

    def tag(self, arn: str, key: str, value: str) -> None:
        """Set one tag."""
        self.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": key, "Value": value}])

    def _tags(self, arn: str) -> dict[str, str]:
        pages = self.sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


def _version_in(config: str) -> int | None:
    """The version that a configuration of ours serves."""
    version = re.search(r"-v(\d+)-[0-9a-f]{8}$", config)
    return int(version[1]) if version else None


def _found(describe: Callable[..., dict[str, Any]], **names: str) -> dict[str, Any] | None:
    """What a describe call gives, or None where there is nothing of that name."""
    try:
        return describe(**names)
    except ClientError as error:
        if "Could not find" in error.response["Error"]["Message"]:
            return None
        raise


def _unless_there(create: Callable[..., Any], **request: Any) -> None:
    """Create, unless another run has: names hold the content, so it is the same thing."""
    try:
        create(**request)
    except ClientError as error:
        if "already existing" not in error.response["Error"]["Message"]:
            raise
