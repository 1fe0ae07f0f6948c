"""The whole destruction of one environment, in order."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local_cloud.context import Cloud, variables_but_aws
from local_cloud.deployment.assembly import read_assembly
from local_cloud.deployment.deploy import ASSEMBLY, CDK_LOG, Report
from local_cloud.deployment.gone import is_looked_for, standing, surprises
from local_cloud.deployment.toolkit import Toolkit
from local_cloud.errors import DeployFailed
from local_cloud.state import forget_deployment, read_deployment


@dataclass(frozen=True)
class Destroyed:
    """What was destroyed; `resources` are those that no service shows any more."""

    environment: str
    stacks: tuple[str, ...]
    resources: int


def destroy(cloud: Cloud, environment: str, *, folder: Path, report: Report) -> Destroyed:
    """Synthesise, destroy and verify.

    Raises `DeployFailed`, which names what is there and should not be, or the other way round.
    """
    toolkit = Toolkit(folder=folder.resolve(), cloud=cloud)
    assembly = cloud.state / ASSEMBLY
    report("synth …")
    toolkit.synthesise(environment, assembly)
    stacks = tuple(stack.name for stack in read_assembly(assembly))
    before = standing(cloud, stacks)
    report("destroy …")
    toolkit.destroy(assembly, cloud.state / CDK_LOG, report)
    told = surprises(cloud, before)
    if told:
        raise DeployFailed("\n".join(["What is there is not what the templates say:", *told]))
    _forget(cloud, environment)
    gone = [each for each in before if not each.stays and is_looked_for(each.resource)]
    return Destroyed(environment, stacks, len(gone))


def left(cloud: Cloud, environment: str, *, folder: Path, as_json: bool) -> str:
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
