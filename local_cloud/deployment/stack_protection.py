"""Runs the app's command that protects deployed stacks, if a template has a stack policy.

A template cannot set the policy of its stack: apps have it in the metadata `StackPolicy`. The
command gets `set --app ASSEMBLY` after a deployment, and `check-destroy` before a destruction. If a
template lists existing resources, it gets `check-deploy --app ASSEMBLY` before a deployment.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from local_cloud.app_settings import read_settings, run_app_command
from local_cloud.context import Cloud
from local_cloud.deployment.assembly import StackArtifact, read_assembly
from local_cloud.errors import DeployFailed


def check_deployment(cloud: Cloud, environment: str, assembly: Path, *, folder: Path) -> None:
    """Raise `DeployFailed` if existing resources would take the place of deployed ones."""
    if any(stack.existing for stack in read_assembly(assembly)):
        _run(cloud, environment, folder, "check-deploy", "--app", str(assembly))


def set_protection(cloud: Cloud, environment: str, assembly: Path, *, folder: Path) -> None:
    """Set the stack policies. Raises `DeployFailed` if the command fails."""
    if _has_policy(read_assembly(assembly)):
        _run(cloud, environment, folder, "set", "--app", str(assembly))


def check_destruction(cloud: Cloud, environment: str, assembly: Path, *, folder: Path) -> None:
    """Raise `DeployFailed` if stacks are protected from deletion."""
    if _has_policy(read_assembly(assembly)):
        _run(cloud, environment, folder, "check-destroy")


def _run(cloud: Cloud, environment: str, folder: Path, *arguments: str) -> None:
    command = read_settings(folder).protection
    if not command:
        return
    done = run_app_command(cloud, command, environment, *arguments, cwd=folder, capture_output=True)
    if done.returncode:
        raise DeployFailed(f"{done.stdout}{done.stderr}".rstrip())


def _has_policy(stacks: Iterable[StackArtifact]) -> bool:
    return any("StackPolicy" in stack.template.get("Metadata", {}) for stack in stacks)
