"""Knows what should answer, and what to do next for it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from clients import client
from hosting import CHANGING, DELETING, PACKAGE, Endpoint, Hosting, SecondsLeft
from registry import APPROVED, REJECTED, Registry, Target
from scaling import Scaling
from settings import Settings

logger = logging.getLogger()

LONGEST_SUBJECT = 100  # characters of a message's subject


@dataclass(frozen=True)
class Deployer:
    """The registry, the endpoint and its scaling, brought together step by step."""

    settings: Settings
    registry: Registry
    hosting: Hosting
    scaling: Scaling
    sns: Any
    seconds_left: SecondsLeft

    @classmethod
    def of(cls, settings: Settings, seconds_left: SecondsLeft) -> Deployer:
        """With clients of this process's role."""
        sagemaker = client("sagemaker")
        return cls(
            settings,
            Registry(sagemaker, settings),
            Hosting(sagemaker, settings),
            Scaling(client("application-autoscaling"), settings),
            client("sns"),
            seconds_left,
        )

    def converge(self) -> str:
        """Take the next step towards the newest approved package, and say what it was."""
        endpoint = self.hosting.endpoint()
        if endpoint and endpoint.status == DELETING:
            self.hosting.wait_until_gone(self.seconds_left)
            endpoint = None
        if endpoint and endpoint.status in CHANGING:
            return self._leave_under_way(endpoint)
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

    def _leave_under_way(self, endpoint: Endpoint) -> str:
        """Leave what somebody has begun to its end, of which an event tells."""
        self.hosting.note_deploying(endpoint)
        return f"{self.settings.endpoint} is {endpoint.status}: its next event goes on"

    def _note_failure(self, endpoint: Endpoint) -> None:
        """Mark the configuration that the endpoint was told to take and did not, and tell."""
        told = endpoint.told
        if told is None:
            return
        if told != endpoint.config or endpoint.status == "Failed":
            rest = f"{endpoint.config} answers" if endpoint.version else "Nothing answers"
            self._alert(
                f"{told} could not be deployed",
                f"{endpoint.reason}\n{rest}. Reject the package, and approve it to try again.",
            )
            self.hosting.mark_failed(told, endpoint.reason)
        self.hosting.forget_deploying(endpoint)

    def _target(
        self, endpoint: Endpoint | None, packages: dict[int, tuple[str, str]]
    ) -> Target | None:
        """The newest approved package whose deployment did not fail.

        Nothing older than what answers, unless that was rejected.
        """
        served = endpoint.version if endpoint else None
        rejected = served in packages and packages[served][1] == REJECTED
        oldest = 0 if served is None or rejected else served
        for version, (arn, status) in packages.items():
            if status == APPROVED and version >= oldest:
                target = self.registry.target(arn)
                if self.hosting.failure(target.name) is None:
                    return target
        return None

    def _stay(self, endpoint: Endpoint | None, packages: dict[int, tuple[str, str]]) -> str:
        """Leave things as they are: there is nothing to deploy."""
        if endpoint is None or endpoint.version is None:
            return f"{self.settings.group} has no approved package to deploy"
        if packages.get(endpoint.version, ("", ""))[1] == REJECTED:
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
            self.scaling.clear()
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
            # Another run was first, or this one was, and got no answer.
            return self._leave_under_way(now)
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
