"""The whole destruction of one environment, in order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from local_cloud.app_settings import read_settings, run_app_command
from local_cloud.context import Cloud
from local_cloud.deployment.assembly import read_assembly
from local_cloud.deployment.cdk_cli import CdkCli
from local_cloud.deployment.deploy_environment import ASSEMBLY, CDK_LOG, Report
from local_cloud.deployment.verify_deletion import deletion_problems, existing_resources, is_probed
from local_cloud.errors import DeployFailed
from local_cloud.state import forget_deployment, read_deployment


@dataclass(frozen=True)
class DestroyResult:
    """What was destroyed; `resources` are those that no service shows any more."""

    environment: str
    stacks: tuple[str, ...]
    resources: int


def destroy(cloud: Cloud, environment: str, *, folder: Path, report: Report) -> DestroyResult:
    """Synthesise, destroy and verify.

    Raises `DeployFailed`, which names what is there and should not be, or the other way round.
    """
    cdk = CdkCli(folder=folder.resolve(), cloud=cloud)
    assembly = cloud.state / ASSEMBLY
    report("synth …")
    cdk.synthesise({read_settings(folder).environment_context: environment}, assembly)
    stacks = tuple(stack.name for stack in read_assembly(assembly))
    before = existing_resources(cloud, stacks)
    report("destroy …")
    cdk.destroy(assembly, cloud.state / CDK_LOG, report)
    problems = deletion_problems(cloud, before)
    if problems:
        raise DeployFailed("\n".join(["What is there is not what the templates say:", *problems]))
    _forget(cloud, environment)
    deleted = [each for each in before if not each.retained and is_probed(each.resource)]
    return DestroyResult(environment, stacks, len(deleted))


def list_remaining(cloud: Cloud, environment: str, *, folder: Path, as_json: bool) -> str | None:
    """What the app's own command `left` prints of this cloud; None where it declares none.

    Raises `DeployFailed` if the command fails.
    """
    command = read_settings(folder).left
    if not command:
        return None
    more = ["--json"] if as_json else []
    done = run_app_command(cloud, command, environment, *more, cwd=folder, capture_output=True)
    if done.returncode:
        raise DeployFailed(f"what is left: {done.stdout}{done.stderr}".rstrip())
    return str(done.stdout.rstrip())


def _forget(cloud: Cloud, environment: str) -> None:
    deployed = read_deployment(cloud.state)
    if deployed is not None and deployed.environment == environment:
        forget_deployment(cloud.state)
