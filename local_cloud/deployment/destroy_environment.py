"""The whole destruction of one environment, in order."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local_cloud.context import Cloud, variables_but_aws
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
    cdk.synthesise(environment, assembly)
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


def list_remaining(cloud: Cloud, environment: str, *, folder: Path, as_json: bool) -> str:
    """What `python -m operations left`, the app's own command, prints of this cloud.

    Raises `DeployFailed` if there is no such list.
    """
    done = subprocess.run(
        [
            *(sys.executable, "-m", "operations", "left", environment),
            *(["--json"] if as_json else []),
        ],
        cwd=folder,
        env={**variables_but_aws(), **cloud.environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DeployFailed(f"what is left: {done.stdout}{done.stderr}".rstrip())
    return done.stdout.rstrip()


def _forget(cloud: Cloud, environment: str) -> None:
    deployed = read_deployment(cloud.state)
    if deployed is not None and deployed.environment == environment:
        forget_deployment(cloud.state)
