"""The command `rollback`: rejects the version in service, so that the previous one answers."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import ClientError

from operations.environment_clients import EnvironmentClients
from operations.models.decisions import MINUTES
from operations.models.endpoints import REFUSED, find_endpoint, served_version
from operations.options import Json, Minutes, PipelineName, Reason

HELP = "Reject the version in service and wait until the previous approved version answers."
POLICY = "approver"
EXAMPLES = ('redline --env prod rollback tickit --reason "wrong prices"',)
_POLL_SECONDS = 5


class RollbackImpossible(Exception):
    """The endpoint keeps its version; the message says why and what to do."""


@dataclass(frozen=True)
class Rollback:
    """A finished rollback: the versions in service before and after it."""

    endpoint: str
    before: int
    after: int
    reason: str


@dataclass(frozen=True)
class ServedModel:
    """The endpoint of a pipeline and its model package group, which have the same name."""

    sagemaker: Any
    name: str

    def version(self) -> int | None:
        """Return the version in service; None while the endpoint changes or if it failed.

        Raises:
            RollbackImpossible: the endpoint does not exist.
        """
        try:
            found = self.sagemaker.describe_endpoint(EndpointName=self.name)
        except ClientError as error:
            if "Could not find" not in error.response["Error"]["Message"]:
                raise
            raise RollbackImpossible(
                f"there is no endpoint {self.name}: approve a version, which creates it"
            ) from error
        return served_version(found) if found["EndpointStatus"] == "InService" else None

    def usable(self) -> set[int]:
        """Return the approved versions that were not refused."""
        approved = self._arns(ModelApprovalStatus="Approved")
        return {_version(arn) for arn in approved if not self._is_refused(arn)}

    def reject(self, version: int, reason: str) -> None:
        """Reject a version; the deployer then updates the endpoint."""
        arns = {_version(arn): arn for arn in self._arns()}
        if version not in arns:
            raise RollbackImpossible(
                f"version {version} of {self.name} is in service and was deleted from the model "
                "package group: approve the version that should answer"
            )
        self.sagemaker.update_model_package(
            ModelPackageArn=arns[version],
            ModelApprovalStatus="Rejected",
            ApprovalDescription=reason,
        )

    def _arns(self, **wanted: str) -> list[str]:
        pages = self.sagemaker.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=self.name, **wanted
        )
        return [
            each["ModelPackageArn"] for page in pages for each in page["ModelPackageSummaryList"]
        ]

    def _is_refused(self, arn: str) -> bool:
        package = self.sagemaker.describe_model_package(ModelPackageName=arn)
        return REFUSED in package.get("CustomerMetadataProperties", {})


def run(
    aws: EnvironmentClients,
    pipeline: PipelineName,
    *,
    reason: Reason = "rolled back manually",
    minutes: Minutes = MINUTES,
    as_json: Json = False,
) -> int:
    """Roll back and print both versions. Return 1 if the endpoint keeps its version."""
    model = ServedModel(aws.clients("sagemaker"), find_endpoint(aws, pipeline))
    try:
        done = roll_back(model, reason, deadline=60 * minutes)
    except RollbackImpossible as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if as_json:
        print(json.dumps(asdict(done), indent=2))
    else:
        print(
            f"{done.endpoint}: version {done.before} was in service and is rejected "
            f"({done.reason}); version {done.after} answers."
        )
    return 0


def roll_back(
    model: ServedModel,
    reason: str,
    *,
    deadline: float,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Rollback:
    """Reject the version in service and wait until another one is in service.

    `deadline` is the longest wait in seconds.

    Raises:
        RollbackImpossible: there is no version to go back to, or it did not answer in time.
    """
    before = model.version()
    if before is None:
        raise RollbackImpossible(
            f"{model.name} is being updated or has failed: wait until it is InService, and look "
            "again which version it serves"
        )
    others = sorted(model.usable() - {before}, reverse=True)
    if not others:
        raise RollbackImpossible(
            f"{model.name} serves version {before}, and no other version is approved and was not "
            "refused: approve the version that should answer, or delete the endpoint to stop it"
        )
    model.reject(before, reason)
    end = now() + deadline
    while (after := model.version()) in (None, before):
        if after == before and not model.usable() & set(others):
            raise RollbackImpossible(
                f"version {before} was rejected and is still in service: the models of the "
                f"versions {others} were refused; see the alerts, and approve another version"
            )
        if now() > end:
            raise RollbackImpossible(
                f"version {before} was rejected, and after {deadline:.0f} s {model.name} does not "
                "serve another version: see the log of the function that deploys it"
            )
        sleep(_POLL_SECONDS)
    return Rollback(model.name, before, after, reason)


def _version(arn: str) -> int:
    return int(arn.rpartition("/")[2])
