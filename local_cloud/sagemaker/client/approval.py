"""Approves or rejects a model package, then waits until its endpoint reflects the decision.

The commands `approve` and `reject` differ only in the status.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from local_cloud.app_settings import deployed_settings
from local_cloud.context import Cloud
from local_cloud.output import show
from local_cloud.sagemaker.client.endpoint_status import (
    APPROVED,
    EndpointStatus,
    ModelPackage,
    endpoint_names,
    endpoint_status,
    find_package,
    packages_of,
)

_POLL_SECONDS = 0.5
_MAX_WAIT_SECONDS = 300.0
_SETTLED = (None, "InService", "Failed")


@dataclass(frozen=True)
class DecisionOutcome:
    """The result of a decision; `done` is false if the endpoint does not reflect it."""

    package: ModelPackage
    text: str
    done: bool
    endpoint: EndpointStatus | None = None


def add_package(parser: argparse.ArgumentParser, *, newest: str) -> None:
    """Add the argument for a package; `newest` describes the default package of a pipeline."""
    parser.add_argument(
        "package",
        metavar="PACKAGE",
        help=f"its ARN, PIPELINE/VERSION, or PIPELINE for its newest package that {newest}",
    )


def run_decision(arguments: argparse.Namespace, cloud: Cloud, *, now: str, then: str) -> int:
    """Set the status of the package, by default the newest with status `now`, to `then`."""
    package = find_package(cloud.client("sagemaker"), arguments.package, status=now)
    decide(cloud, package, then)
    return report(wait_for_outcome(cloud, package, then), as_json=arguments.json)


def decide(cloud: Cloud, package: ModelPackage, status: str) -> None:
    """Call UpdateModelPackage. The deployed app reacts to the change."""
    cloud.client("sagemaker").update_model_package(
        ModelPackageArn=package.arn, ModelApprovalStatus=status
    )


def wait_for_outcome(cloud: Cloud, package: ModelPackage, status: str) -> DecisionOutcome:
    """Wait until the endpoint of the package's group, if there is one, reflects the decision."""
    decided = replace(package, status=status)
    serving = deployed_settings(cloud).serving
    if package.group not in endpoint_names(cloud, serving):
        return DecisionOutcome(decided, f"No endpoint serves {package.group}.", done=True)
    client = cloud.client("sagemaker")
    line = _after_approval if status == APPROVED else _after_rejection
    deadline = time.monotonic() + _MAX_WAIT_SECONDS
    while True:
        now = endpoint_status(client, package.group, serving)
        found = line(client, decided, now) if now.status in _SETTLED else None
        if found is not None:
            return found
        if time.monotonic() > deadline:
            return _timed_out(decided, now)
        time.sleep(_POLL_SECONDS)


def report(result: DecisionOutcome, *, as_json: bool) -> int:
    """Print the outcome and return the exit code."""
    package = result.package
    head = f"{package.group} version {package.version} is {package.status}."
    show(asdict(result), text=f"{head} {result.text}", as_json=as_json)
    return 0 if result.done else 1


def _timed_out(package: ModelPackage, now: EndpointStatus) -> DecisionOutcome:
    text = (
        f"Its endpoint {f'is {now.status}' if now.status else 'does not exist'} after "
        f"{_MAX_WAIT_SECONDS:.0f} s: see the "
        "log of the function that deploys it."
    )
    return DecisionOutcome(package, text, done=False, endpoint=now)


def _after_approval(
    client: Any, package: ModelPackage, now: EndpointStatus
) -> DecisionOutcome | None:
    failure = (now.failures or {}).get(package.arn)
    if failure is not None:
        rest = f"{_answers(now)} Reject and approve it to try again."
        text = f"It could not be deployed: {failure}. {rest}"
        return DecisionOutcome(package, text, done=False, endpoint=now)
    version = version_of(now)
    if version is None or version < package.version:
        return None
    newer = "" if version == package.version else " It keeps this version, because it is newer."
    return DecisionOutcome(package, _answers(now) + newer, done=True, endpoint=now)


def _after_rejection(
    client: Any, package: ModelPackage, now: EndpointStatus
) -> DecisionOutcome | None:
    if version_of(now) != package.version:
        return DecisionOutcome(package, _answers(now), done=True, endpoint=now)
    failures = now.failures or {}
    others = [
        other
        for other in packages_of(client, package.group)
        if other.status == APPROVED and other.arn not in failures
    ]
    if others:
        return None
    text = "It is still in service: no other approved package can be deployed."
    return DecisionOutcome(package, text, done=False, endpoint=now)


def version_of(now: EndpointStatus) -> int | None:
    """Return the version in service, or None if there is no such version."""
    if now.status == "Failed" or now.package_arn is None:
        return None
    return int(now.package_arn.rpartition("/")[2])


def _answers(now: EndpointStatus) -> str:
    version = version_of(now)
    if version is None:
        return f"The endpoint {now.endpoint} serves no version."
    return f"The endpoint {now.endpoint} serves version {version}."
