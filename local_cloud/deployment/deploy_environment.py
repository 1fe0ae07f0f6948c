"""Deploys one environment."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from local_cloud.app_settings import AppSettings, read_settings
from local_cloud.client import EXISTING_PATH, TYPES_PATH, call, read_health
from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.deployment.assembly import StackArtifact, read_assembly
from local_cloud.deployment.cdk_cli import CdkCli
from local_cloud.deployment.orphaned_stacks import (
    BOOTSTRAP_STACK,
    DELETE_IF_ALLOWED,
    OrphanedStack,
    handle_orphans,
)
from local_cloud.deployment.stack_protection import check_deployment, set_protection
from local_cloud.deployment.unmeasured_alarms import unmeasured_alarms
from local_cloud.deployment.verify_deployment import deployment_problems
from local_cloud.errors import DeployFailed
from local_cloud.state import ASSEMBLY, Deployment, write_deployment

CDK_LOG = "cdk.log"
_TIMEOUT_SECONDS = 30.0

Report = Callable[[str], None]


@dataclass(frozen=True)
class DeployResult:
    """The deployed stacks and resources, and the duration of each phase in seconds.

    `unmeasured` are the alarms that never change their state, because nothing writes the metric.
    `orphans` are the stacks that the app no longer contains. `existing` are the ids of resources
    that the stacks use, and that were created before them.
    """

    environment: str
    stacks: tuple[str, ...]
    resources: int
    seconds: dict[str, float]
    unmeasured: tuple[str, ...] = ()
    orphans: tuple[OrphanedStack, ...] = ()
    existing: tuple[str, ...] = ()


def deploy(cloud: Cloud, environment: str, *, folder: Path, report: Report) -> DeployResult:
    """Synthesise, check, bootstrap, create what exists on AWS, handle orphans, deploy and verify.

    Nothing is created if a template has an unsupported type. Orphaned stacks are deleted before the
    deployment, because they import values that the deployment may remove. Raises `DeployFailed`,
    which lists the problems.
    """
    cdk, seconds = CdkCli(folder=folder.resolve(), cloud=cloud), {}
    orphans: list[OrphanedStack] = []
    existing: list[str] = []
    context = _context(read_settings(folder), environment)
    assembly = cloud.state / ASSEMBLY
    faults_before = len(_faults(cloud))
    steps: dict[str, Callable[[], object]] = {
        "synth": lambda: cdk.synthesise(context, assembly),
        "check": lambda: _check(cloud, read_assembly(assembly)),
        "bootstrap": lambda: _bootstrap(cloud, cdk),
        "protection": lambda: check_deployment(cloud, environment, assembly, folder=folder),
        "existing": lambda: existing.extend(_create_existing(cloud, read_assembly(assembly))),
        "orphans": lambda: orphans.extend(
            handle_orphans(cloud, environment, assembly, folder=folder, action=DELETE_IF_ALLOWED)
        ),
        "deploy": lambda: cdk.deploy(assembly, cloud.state / CDK_LOG, report),
        "protect": lambda: set_protection(cloud, environment, assembly, folder=folder),
        "verify": lambda: _verify(cloud, read_assembly(assembly), faults_before),
    }
    for name, step in steps.items():
        report(f"{name} …")
        started = time.monotonic()
        step()
        seconds[name] = round(time.monotonic() - started, 2)
    stacks = read_assembly(assembly)
    names = tuple(stack.name for stack in stacks)
    write_deployment(cloud.state, Deployment(environment, names, str(cdk.folder)))
    resources = sum(len(stack.types) for stack in stacks)
    unmeasured = unmeasured_alarms(stacks)
    return DeployResult(
        environment, names, resources, seconds, unmeasured, tuple(orphans), tuple(existing)
    )


def _context(settings: AppSettings, environment: str) -> dict[str, str]:
    context = {settings.environment_context: environment}
    return context | ({settings.account_context: ACCOUNT_ID} if settings.account_context else {})


def _check(cloud: Cloud, stacks: tuple[StackArtifact, ...]) -> None:
    """Raise `DeployFailed` for regions and types that this cloud does not support."""
    for stack in stacks:
        if stack.region not in (cloud.region, "unknown-region"):
            raise DeployFailed(
                f"{stack.name} is for {stack.region}, but the laptop cloud runs as {cloud.region}: "
                f"run `python -m local_cloud down`, then `up --region {stack.region}`"
            )
    types = {stack.name: dict(stack.types) for stack in stacks}
    refused = call(cloud, TYPES_PATH, types, timeout_seconds=_TIMEOUT_SECONDS)["refused"]
    if refused:
        raise DeployFailed("Nothing was deployed.\n" + "\n".join(refused))


def _bootstrap(cloud: Cloud, cdk: CdkCli) -> None:
    try:
        cloud.client("cloudformation").describe_stacks(StackName=BOOTSTRAP_STACK)
    except ClientError:
        cdk.bootstrap()


def _create_existing(cloud: Cloud, stacks: tuple[StackArtifact, ...]) -> list[str]:
    """Create the resources that exist on AWS before the stacks, if they do not exist here."""
    wanted = [each for stack in stacks for each in stack.existing]
    if not wanted:
        return []
    result = call(cloud, EXISTING_PATH, wanted, timeout_seconds=_TIMEOUT_SECONDS)
    if "error" in result:
        raise DeployFailed(f"Nothing was deployed: {result['error']}.")
    created: list[str] = result["created"]
    return created


def _verify(cloud: Cloud, stacks: tuple[StackArtifact, ...], faults_before: int) -> None:
    problems = deployment_problems(cloud, stacks)
    problems += [f"the server failed: {fault}" for fault in _faults(cloud)[faults_before:]]
    if problems:
        raise DeployFailed(
            f"The deployment does not match the templates ({len(problems)} problems):\n"
            + "\n".join(problems)
        )


def _faults(cloud: Cloud) -> list[str]:
    health = read_health(cloud)
    if health is None:
        raise DeployFailed(f"The laptop cloud at {cloud.endpoint} no longer responds.")
    faults: list[str] = health["faults"]
    return faults
