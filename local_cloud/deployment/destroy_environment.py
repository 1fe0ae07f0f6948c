"""Destroys one environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from local_cloud.app_settings import read_settings, run_app_command
from local_cloud.context import Cloud
from local_cloud.deployment.assembly import read_assembly
from local_cloud.deployment.cdk_cli import CdkCli
from local_cloud.deployment.deploy_environment import CDK_LOG, Report
from local_cloud.deployment.orphaned_stacks import (
    DELETE,
    OrphanedStack,
    handle_orphans,
    unknown_stacks,
)
from local_cloud.deployment.stack_protection import check_destruction
from local_cloud.deployment.verify_deletion import deletion_problems, existing_resources, is_probed
from local_cloud.errors import DeployFailed
from local_cloud.state import ASSEMBLY, forget_deployment, read_deployment


@dataclass(frozen=True)
class DestroyResult:
    """The destroyed stacks, and the number of resources whose deletion the services confirm.

    `orphans` are those of the stacks that the app no longer contains.
    """

    environment: str
    stacks: tuple[str, ...]
    resources: int
    orphans: tuple[OrphanedStack, ...] = ()


def destroy(cloud: Cloud, environment: str, *, folder: Path, report: Report) -> DestroyResult:
    """Synthesise, delete orphaned stacks, destroy and verify.

    Orphaned stacks are deleted first, because they import values of the other stacks.
    Raises `DeployFailed`, which lists resources that wrongly exist or are wrongly deleted.
    """
    cdk = CdkCli(folder=folder.resolve(), cloud=cloud)
    assembly = cloud.state / ASSEMBLY
    report("synth …")
    cdk.synthesise({read_settings(folder).environment_context: environment}, assembly)
    stacks = tuple(stack.name for stack in read_assembly(assembly))
    before = existing_resources(cloud, (*stacks, *unknown_stacks(cloud, stacks)))
    check_destruction(cloud, environment, assembly, folder=folder)
    report("orphans …")
    orphans = handle_orphans(cloud, environment, assembly, folder=folder, action=DELETE)
    stacks = (*(each.name for each in orphans), *stacks)
    before = [each for each in before if each.stack in stacks]
    report("destroy …")
    cdk.destroy(assembly, cloud.state / CDK_LOG, report)
    problems = deletion_problems(cloud, before)
    if problems:
        raise DeployFailed(
            "\n".join(["The remaining resources do not match the templates:", *problems])
        )
    _forget(cloud, environment)
    deleted = [each for each in before if not each.retained and is_probed(each.resource)]
    return DestroyResult(environment, stacks, len(deleted), orphans)


def list_remaining(cloud: Cloud, environment: str, *, folder: Path, as_json: bool) -> str | None:
    """Return the output of the app's command `left`; None if the app does not declare it.

    Raises `DeployFailed` if the command fails.
    """
    command = read_settings(folder).left
    if not command:
        return None
    more = ["--json"] if as_json else []
    done = run_app_command(cloud, command, environment, *more, cwd=folder, capture_output=True)
    if done.returncode:
        output = f"{done.stdout}{done.stderr}"
        raise DeployFailed(f"The list of remaining resources failed: {output}".rstrip())
    return str(done.stdout.rstrip())


def _forget(cloud: Cloud, environment: str) -> None:
    deployed = read_deployment(cloud.state)
    if deployed is not None and deployed.environment == environment:
        forget_deployment(cloud.state)
