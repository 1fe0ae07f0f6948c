"""Starts a job's process so that /opt/ml is the folder of the job."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from local_cloud.errors import LocalCloudError
from local_cloud.sagemaker.jobs.program_templates import ProgramTemplates

ROOT = "/opt/ml"
# The variable of SageMaker's training toolkit for the folder that replaces /opt/ml.
BASE_VARIABLE = "SAGEMAKER_BASE_DIR"
# mounts.sh reads the free disk space from this variable and removes both from the environment.
_LEFT_VARIABLE = "LAPTOP_BYTES_LEFT"
# Two pages: the smallest disk on which a job can still write its failure reason.
_FULL = "8k"
_MOUNTS = Path(__file__).parent / "mounts.sh"
_SUPERVISOR = Path(__file__).parent / "process_supervisor.py"
# The file that mounts.sh mounts on /etc/hosts.
_HOSTS_VARIABLE = "LAPTOP_HOSTS_FILE"
# With this variable, mounts.sh becomes the command, which is the first process of its namespace.
_FIRST_VARIABLE = "LAPTOP_FIRST"
_NAMESPACES = ("--mount", "--mount-proc", "--pid", "--fork", "--kill-child")
_PROBE_TIMEOUT_SECONDS = 10


class NoNamespaces(LocalCloudError):
    """An operation requires namespaces, which this machine does not allow."""


class Peers(Protocol):
    """The network of the hosts of a job (`HostNetwork`)."""

    @property
    def hosts_file(self) -> Path:
        """The file with the names and addresses of the hosts."""

    @property
    def pid(self) -> int | None:
        """The process whose network namespace the hosts enter; None for that of this machine."""


@dataclass(frozen=True)
class Launch:
    """A command line and its environment, for `subprocess`."""

    command: list[str]
    environment: dict[str, str]


def launch(
    *,
    command: list[str],
    environment: Mapping[str, str],
    folder: Path,
    mount_point: Path,
    network: bool,
    full_disk: bool = False,
    peers: Peers | None = None,
) -> Launch:
    """Return the command line that runs `command` with `folder` as /opt/ml.

    With namespaces the command is unchanged. Without them (not Linux, or not allowed), the paths in
    arguments and environment are rewritten, and SAGEMAKER_BASE_DIR names the folder. `mount_point`
    is an empty folder of the job. With `full_disk`, there is almost no space in `folder` and
    TMPDIR. `peers` are the other hosts that the process can reach. Raises `NoNamespaces` if a full
    disk is requested on a machine without namespaces.
    """
    if has_namespaces():
        variables = {_LEFT_VARIABLE: _FULL} if full_disk else {}
        forked = None if full_disk else _TEMPLATES.command(command, environment)
        if forked:
            variables[_FIRST_VARIABLE] = "yes"
        inside = _namespaces(network, peers) + [str(mount_point), str(folder), *(forked or command)]
        if peers:
            variables[_HOSTS_VARIABLE] = str(peers.hosts_file)
        return Launch(supervised(inside), {**environment, **variables})
    if full_disk:
        raise NoNamespaces("A full disk needs mount namespaces, which this machine does not allow.")
    rewritten = {name: _rewrite(value, folder) for name, value in environment.items()}
    arguments = [_rewrite(argument, folder) for argument in command]
    return Launch(supervised(arguments), rewritten | {BASE_VARIABLE: str(folder)})


def supervised(command: list[str]) -> list[str]:
    """Return the command line of a process that is killed when this server ends."""
    return [sys.executable, "-I", "-S", str(_SUPERVISOR), *command]


_TEMPLATES = ProgramTemplates(supervised)


@cache
def has_namespaces() -> bool:
    """Return whether this machine allows mount and PID namespaces. The result is cached."""
    if shutil.which("unshare") is None or not Path("/opt").is_dir():
        return False
    with TemporaryDirectory() as folder:
        mount_point, job = Path(folder, "opt"), Path(folder, "ml")
        mount_point.mkdir()
        job.mkdir()
        command = [*_namespaces(network=True), str(mount_point), str(job), "test", "-w", ROOT]
        probe = subprocess.run(
            command, capture_output=True, check=False, timeout=_PROBE_TIMEOUT_SECONDS
        )
    return probe.returncode == 0


def _namespaces(network: bool, peers: Peers | None = None) -> list[str]:
    program = ["sh", str(_MOUNTS)]
    if peers and peers.pid:
        entered = ["nsenter", "--target", str(peers.pid), "--user", "--net"]
        return [*entered, "--preserve-credentials", "unshare", *_NAMESPACES, *program]
    options = [] if network else ["--net"]
    return ["unshare", "--map-root-user", *_NAMESPACES, *options, *program]


def _rewrite(text: str, folder: Path) -> str:
    return text.replace(ROOT, str(folder))
