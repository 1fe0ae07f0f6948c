"""Decides which model package the endpoint should serve, and takes the next step towards it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from clients import client
from endpoint_client import (
    CHANGING,
    DELETING,
    PACKAGE,
    Endpoint,
    EndpointClient,
    SecondsLeft,
    version_in,
)
from model_packages import ModelRefused, read_model, refusal
from refused_models import count_refused
from registry import APPROVED, REJECTED, Packages, Registry, Target, version_of
from rollback_alarms import RollbackAlarms
from scaling import Scaling
from settings import Settings

logger = logging.getLogger()

MAX_SUBJECT_LENGTH = 100  # characters; the limit of SNS


@dataclass(frozen=True)
class Deployer:
    """Compares the model registry with the endpoint and deploys the newest approved package."""

    settings: Settings
    registry: Registry
    endpoints: EndpointClient
    alarms: RollbackAlarms
    scaling: Scaling
    sns: Any
    storage: Any
    seconds_left: SecondsLeft

    @classmethod
    def create(cls, settings: Settings, seconds_left: SecondsLeft) -> Deployer:
        """Create a deployer whose clients use the role of this process."""
        sagemaker = client("sagemaker")
        return cls(
            settings,
            Registry(sagemaker, settings),
            EndpointClient(sagemaker, settings),
            RollbackAlarms(client("cloudwatch"), settings),
            Scaling(client("application-autoscaling"), settings),
            client("sns"),
            client("s3"),
            seconds_left,
        )

    def converge(self) -> str:
        """Take the next step towards the newest approved package; return a line for the log."""
        endpoint = self.endpoints.describe()
        if endpoint and endpoint.status == DELETING:
            self.endpoints.wait_until_deleted(self.seconds_left)
            endpoint = None
        if endpoint and endpoint.status in CHANGING:
            return self._wait_for_event(endpoint)
        packages = self.registry.packages()
        if endpoint:
            self._record_result(endpoint, packages)
        target = self._choose_target(endpoint, packages)
        if target is None:
            return self._keep_current(endpoint, packages)
        if endpoint and endpoint.version and endpoint.config == target.name:
            return self._confirm(endpoint, target)
        self.endpoints.create_model_and_config(target)
        return self._start_deployment(endpoint, target)

    def _wait_for_event(self, endpoint: Endpoint) -> str:
        """Do nothing: the event at the end of the current change invokes the function again."""
        self.endpoints.record_deployment(endpoint)
        return f"{self.settings.endpoint} is {endpoint.status}: waiting for its next event"

    def forget_failures(self, package_arn: str) -> None:
        """Let a package be used again after it was refused: it was rejected meanwhile."""
        self.endpoints.clear_failures(version_of(package_arn))
        self.registry.clear_refusal(package_arn)

    def _record_result(self, endpoint: Endpoint, packages: Packages) -> None:
        """Delete the alarms of the last deployment.

        If it failed, publish an alert, mark its configuration, and refuse its package for other
        uses, unless the package is in service with other settings.
        """
        requested = endpoint.requested_config
        if requested is None:
            return
        if requested != endpoint.config or endpoint.status == "Failed":
            state = (
                f"{endpoint.config} is still in service"
                if endpoint.version
                else "No model is in service"
            )
            self._alert(
                f"{requested} could not be deployed",
                f"{endpoint.reason}\n{state}. To retry, reject the package and approve it again.",
            )
            self.endpoints.mark_failed(requested, endpoint.reason)
            version = version_in(requested)
            if version in packages and version != endpoint.version:
                self.registry.refuse(packages[version][0], endpoint.reason)
        self.alarms.delete(requested)
        self.endpoints.clear_deployment(endpoint)

    def _choose_target(self, endpoint: Endpoint | None, packages: Packages) -> Target | None:
        """Return the newest usable package whose deployment has not failed.

        Versions older than the one in service are skipped, unless that one was rejected. A package
        that is not in service yet is verified.
        """
        served = endpoint.version if endpoint else None
        rejected = served in packages and packages[served][1] == REJECTED
        oldest = 0 if served is None or rejected else served
        for version, (arn, status) in packages.items():
            if status != APPROVED or version < oldest:
                continue
            package = self.registry.describe(arn)
            target = self.registry.target(package)
            if served and endpoint and endpoint.config == target.name:
                return target
            if refusal(package) is None and self._may_be_deployed(package, target):
                return target
        return None

    def _may_be_deployed(self, package: dict[str, Any], target: Target) -> bool:
        """Whether its deployment has not failed, and its model is the one that was evaluated.

        A model that is not is refused: publish an alert and a metric, and mark the package.
        """
        if self.endpoints.failure_reason(target.name) is not None:
            return False
        try:
            read_model(package, self.storage)
        except ModelRefused as reason:
            self._alert(
                f"{target.name} was refused: its model is not the one that was evaluated",
                f"{reason}\nTo try again, reject the package and approve it again.",
            )
            count_refused()
            self.registry.refuse(target.package_arn, str(reason))
            return False
        return True

    def _keep_current(self, endpoint: Endpoint | None, packages: Packages) -> str:
        """Deploy nothing; publish an alert if the version in service was rejected."""
        if endpoint is None or endpoint.version is None:
            return f"{self.settings.group} has no approved package to deploy"
        if packages.get(endpoint.version, ("", ""))[1] == REJECTED:
            self._alert(
                f"{endpoint.config} was rejected and is still in service",
                f"{self.settings.group} has no other approved package that can be deployed. "
                f"Approve one, or delete the endpoint {self.settings.endpoint} to stop serving.",
            )
        return f"{endpoint.config} is in service, and no newer package is approved"

    def _confirm(self, endpoint: Endpoint, target: Target) -> str:
        """Tag the endpoint with the package in service and apply the scaling policy."""
        if endpoint.tags.get(PACKAGE) != target.package_arn:
            self.endpoints.tag(endpoint.arn, PACKAGE, target.package_arn)
        self.scaling.apply()
        return f"{target.name} is in service"

    def _start_deployment(self, endpoint: Endpoint | None, target: Target) -> str:
        """Create the endpoint, or update it to the target."""
        if endpoint is not None and endpoint.status == "Failed":
            self.scaling.remove()
            self.endpoints.delete_failed(self.seconds_left)
            endpoint = None
        if endpoint is None:
            self.endpoints.create(target.name)
            return f"{target.name} is being deployed to a new endpoint"
        if self.endpoints.instance_type(endpoint.config) != self._instance_type():
            # SageMaker does not change the instance type of a scaled variant (Developer Guide,
            # "Update endpoints that use auto scaling"). Scaling is applied again after the update.
            self.scaling.remove()
        try:
            self.endpoints.update(endpoint, target.name, self.alarms.create(target.name))
        except ClientError:
            now = self.endpoints.describe()
            if now is None or now.status not in CHANGING:
                raise
            # Another invocation started an update first, or the response to this one was lost.
            if now.pending_config != target.name:
                self.alarms.delete(target.name)
            return self._wait_for_event(now)
        return f"{target.name} is being deployed"

    def _instance_type(self) -> str:
        return str(self.settings.requests["variant"]["InstanceType"])

    def _alert(self, subject: str, text: str) -> None:
        logger.warning("%s: %s", subject, text)
        self.sns.publish(
            TopicArn=self.settings.topic_arn,
            Subject=subject[:MAX_SUBJECT_LENGTH],
            Message=f"{subject}\n{text}",
        )
