"""Brings an endpoint to the newest approved model of its group.

Whatever happened (a package was approved or rejected, the endpoint has changed, its stack was
deployed), `Deployer.converge` looks at what is there and takes the next step. It may run twice and
at any time. What is under way is left alone: the endpoint's own event comes when it has ended.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

logger = logging.getLogger()
logger.setLevel(logging.INFO)

CHANGING = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
# Tags. Of the endpoint: what answers, and the configuration that it was told to take last.
PACKAGE = "ModelPackage"
DEPLOYING = "Deploying"
# Of a configuration whose deployment failed: why. It is not tried again until it is rejected.
FAILED = "DeploymentFailed"
VARIANT = "AllTraffic"  # blue/green deployments want the same name in every configuration
SCALED = {
    "ServiceNamespace": "sagemaker",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
LONGEST_TAG = 256  # characters
LONGEST_SUBJECT = 100  # characters of a message's subject
LOOK_AGAIN_SECONDS = 2

SecondsLeft = Callable[[], float]


class NotGone(Exception):
    """A failed endpoint is still there, and there is no time left to wait for its end."""


@dataclass(frozen=True)
class Settings:
    """The environment variables of the function.

    `requests` holds what the stack decides of each call: `model`, `config`, `variant`,
    `deployment`, `scaling` and `tags`.
    """

    endpoint: str
    group: str
    topic_arn: str
    requests: dict[str, Any]

    @classmethod
    def read(cls) -> Settings:
        """The settings of this process."""
        names = ("ENDPOINT_NAME", "MODEL_PACKAGE_GROUP", "ALERT_TOPIC_ARN")
        endpoint, group, topic = (os.environ[name] for name in names)
        return cls(endpoint, group, topic, json.loads(os.environ["REQUESTS"]))

    def tags(self, **more: str) -> list[dict[str, str]]:
        """The tags of a resource, as SageMaker takes them."""
        return [
            {"Key": key, "Value": value} for key, value in (self.requests["tags"] | more).items()
        ]


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as it stands; `config` is what answers, also while another is on its way."""

    arn: str
    status: str
    config: str
    reason: str
    instances: int
    tags: dict[str, str]

    @property
    def version(self) -> int | None:
        """The version that answers; none of a failed endpoint, or of a configuration not ours."""
        version = re.search(r"-v(\d+)-[0-9a-f]{8}$", self.config)
        return int(version[1]) if version and self.status != "Failed" else None


@dataclass(frozen=True)
class Target:
    """A model package and the name of the model and the configuration that serve it.

    The name holds the content: the same package with the same settings has the same name.
    """

    package_arn: str
    version: int
    name: str


@dataclass(frozen=True)
class Registry:
    """The model packages of the group: version -> ARN and approval status."""

    sagemaker: Any
    settings: Settings

    def packages(self) -> dict[int, tuple[str, str]]:
        """Every version, the newest first."""
        pages = self.sagemaker.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=self.settings.group
        )
        found = {
            _version(package["ModelPackageArn"]): (
                package["ModelPackageArn"],
                package["ModelApprovalStatus"],
            )
            for page in pages
            for package in page["ModelPackageSummaryList"]
        }
        return dict(sorted(found.items(), reverse=True))

    def target(self, package_arn: str) -> Target:
        """What would serve this package."""
        package = self.sagemaker.describe_model_package(ModelPackageName=package_arn)
        requests = self.settings.requests
        content = {
            "containers": package["InferenceSpecification"]["Containers"],
            **{part: requests[part] for part in ("model", "variant", "config")},
        }
        text = json.dumps(content, sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        version = _version(package_arn)
        return Target(package_arn, version, f"{self.settings.endpoint}-v{version}-{digest}")


@dataclass(frozen=True)
class Hosting:
    """The endpoint, its configurations and their models."""

    sagemaker: Any
    settings: Settings

    def endpoint(self) -> Endpoint | None:
        """The endpoint, if there is one."""
        found = _found(self.sagemaker.describe_endpoint, EndpointName=self.settings.endpoint)
        if found is None:
            return None
        variants = found.get("ProductionVariants", [])
        return Endpoint(
            arn=found["EndpointArn"],
            status=found["EndpointStatus"],
            config=found["EndpointConfigName"],
            reason=found.get("FailureReason", "SageMaker gives no reason"),
            instances=variants[0].get("DesiredInstanceCount", 0) if variants else 0,
            tags=self._tags(found["EndpointArn"]),
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

    def instance_type(self, config: str) -> str:
        """The instance type of a configuration."""
        found = self.sagemaker.describe_endpoint_config(EndpointConfigName=config)
        return str(found["ProductionVariants"][0]["InstanceType"])

    def delete_failed(self, seconds_left: SecondsLeft) -> None:
        """Delete a failed endpoint, with which nothing else can be done, and wait for the end."""
        self.sagemaker.delete_endpoint(EndpointName=self.settings.endpoint)
        while self.endpoint() is not None:
            if seconds_left() < LOOK_AGAIN_SECONDS:
                raise NotGone(f"{self.settings.endpoint} failed and is still being deleted")
            time.sleep(LOOK_AGAIN_SECONDS)

    def tag(self, arn: str, key: str, value: str) -> None:
        """Set one tag."""
        self.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": key, "Value": value}])

    def _tags(self, arn: str) -> dict[str, str]:
        pages = self.sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


@dataclass(frozen=True)
class Scaling:
    """The number of the variant's instances, by target tracking of their invocations."""

    autoscaling: Any
    settings: Settings

    def set(self) -> None:
        """Scale as the stack says; a fixed number is not scaled."""
        scaling = self.settings.requests["scaling"]
        if scaling["Min"] == scaling["Max"]:
            self.clear()
            return
        self.autoscaling.register_scalable_target(
            MinCapacity=scaling["Min"], MaxCapacity=scaling["Max"], **self._variant()
        )
        self.autoscaling.put_scaling_policy(
            PolicyName="invocations",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": float(scaling["InvocationsPerInstance"]),
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
                },
            },
            **self._variant(),
        )

    def clear(self) -> None:
        """Scale no more."""
        try:
            self.autoscaling.deregister_scalable_target(**self._variant())
        except self.autoscaling.exceptions.ObjectNotFoundException:
            logger.info("%s is not scaled", self.settings.endpoint)

    def _variant(self) -> dict[str, str]:
        return {**SCALED, "ResourceId": f"endpoint/{self.settings.endpoint}/variant/{VARIANT}"}


@dataclass(frozen=True)
class Deployer:
    """Knows what should answer, and what to do next for it."""

    settings: Settings
    registry: Registry
    hosting: Hosting
    scaling: Scaling
    sns: Any
    seconds_left: SecondsLeft

    @classmethod
    def of(cls, settings: Settings, seconds_left: SecondsLeft) -> Deployer:
        """With clients of this process's role."""
        sagemaker = boto3.client("sagemaker")
        return cls(
            settings,
            Registry(sagemaker, settings),
            Hosting(sagemaker, settings),
            Scaling(boto3.client("application-autoscaling"), settings),
            boto3.client("sns"),
            seconds_left,
        )

    def converge(self) -> str:
        """Take the next step towards the newest approved package, and say what it was."""
        endpoint = self.hosting.endpoint()
        if endpoint and endpoint.status in CHANGING:
            return f"{self.settings.endpoint} is {endpoint.status}: its next event goes on"
        packages = self.registry.packages()
        if endpoint:
            self._note_failure(endpoint)
        target = self._target(endpoint, packages)
        if target is None:
            return self._stay(endpoint, packages)
        if endpoint and endpoint.version and endpoint.config == target.name:
            return self._settle(endpoint, target)
        self.hosting.make(target)
        return self._switch(endpoint, target)

    def _note_failure(self, endpoint: Endpoint) -> None:
        """Mark the configuration that the endpoint was told to take and did not, and tell."""
        told = endpoint.tags.get(DEPLOYING)
        if told is None:
            return
        if told != endpoint.config or endpoint.status == "Failed":
            rest = f"{endpoint.config} answers" if endpoint.version else "Nothing answers"
            self._alert(
                f"{told} could not be deployed",
                f"{endpoint.reason}\n{rest}. Reject the package, and approve it to try again.",
            )
            self.hosting.mark_failed(told, endpoint.reason)
        self.hosting.sagemaker.delete_tags(ResourceArn=endpoint.arn, TagKeys=[DEPLOYING])

    def _target(
        self, endpoint: Endpoint | None, packages: dict[int, tuple[str, str]]
    ) -> Target | None:
        """The newest approved package whose deployment did not fail.

        Nothing older than what answers, unless that was rejected.
        """
        served = endpoint.version if endpoint else None
        rejected = served in packages and packages[served][1] == "Rejected"
        oldest = 0 if served is None or rejected else served
        for version, (arn, status) in packages.items():
            if status == "Approved" and version >= oldest:
                target = self.registry.target(arn)
                if self.hosting.failure(target.name) is None:
                    return target
        return None

    def _stay(self, endpoint: Endpoint | None, packages: dict[int, tuple[str, str]]) -> str:
        """Leave things as they are: there is nothing to deploy."""
        if endpoint is None or endpoint.version is None:
            return f"{self.settings.group} has no approved package to deploy"
        if packages.get(endpoint.version, ("", ""))[1] == "Rejected":
            self._alert(
                f"{endpoint.config} was rejected and still answers",
                f"{self.settings.group} has no other approved package that can be deployed. "
                f"Approve one, or delete the endpoint {self.settings.endpoint} to stop it.",
            )
        return f"{endpoint.config} answers, and nothing newer is approved"

    def _settle(self, endpoint: Endpoint, target: Target) -> str:
        """What should answer does: record it and scale it."""
        if endpoint.tags.get(PACKAGE) != target.package_arn:
            self.hosting.tag(endpoint.arn, PACKAGE, target.package_arn)
        self.scaling.set()
        return f"{target.name} answers"

    def _switch(self, endpoint: Endpoint | None, target: Target) -> str:
        """Tell the endpoint to take the target."""
        if endpoint is not None and endpoint.status == "Failed":
            self.hosting.delete_failed(self.seconds_left)
            endpoint = None
        if endpoint is None:
            self.hosting.create(target.name)
            return f"{target.name} is being deployed to a new endpoint"
        if self.hosting.instance_type(endpoint.config) != self._instance_type():
            # A scaled variant keeps its type (Developer Guide, "Update endpoints that use auto
            # scaling"); it is scaled again when the update is over.
            self.scaling.clear()
        try:
            self.hosting.update(endpoint, target.name)
        except ClientError:
            now = self.hosting.endpoint()
            if now is None or now.status not in CHANGING:
                raise
            return "another run was first: the endpoint's next event goes on"
        return f"{target.name} is being deployed"

    def _instance_type(self) -> str:
        return str(self.settings.requests["variant"]["InstanceType"])

    def _alert(self, subject: str, text: str) -> None:
        logger.warning("%s: %s", subject, text)
        self.sns.publish(
            TopicArn=self.settings.topic_arn,
            Subject=subject[:LONGEST_SUBJECT],
            Message=f"{subject}\n{text}",
        )


def handler(event: dict[str, Any], context: Any) -> None:
    """Take an event of EventBridge; whatever else calls, as the stack does, has no detail."""

    def seconds_left() -> float:
        return float(context.get_remaining_time_in_millis() / 1000)

    deployer = Deployer.of(Settings.read(), seconds_left)
    detail = event.get("detail", {})
    if detail.get("ModelApprovalStatus") == "Rejected":
        deployer.hosting.forget_failures(_version(detail["ModelPackageArn"]))
    logger.info(deployer.converge())


def _version(package_arn: str) -> int:
    """The version in `…:model-package/<group>/<version>`."""
    return int(package_arn.rpartition("/")[2])


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
