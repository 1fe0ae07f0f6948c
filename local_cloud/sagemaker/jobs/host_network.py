"""The network over which the hosts of a training job reach each other by name.

A job without network isolation uses the network of this machine. With network isolation the hosts
share a network namespace: "no inbound or outbound network calls can be made, except for calls
between peers within a training cluster for distributed training" (CreateTrainingJob).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from hashlib import blake2s
from pathlib import Path

from local_cloud.sagemaker.jobs.process_isolation import NoNamespaces, has_namespaces

_HOSTS = Path("/etc/hosts")
_LOOPBACK = Path(__file__).parent / "loopback_network.py"


class HostNetwork:
    """The names of a job's hosts, and the process that holds their network namespace, if any.

    `hosts_file` replaces /etc/hosts of each host. Each host has a loopback address that no other
    job has, because all jobs listen on the same ports. Raises `NoNamespaces`.
    """

    def __init__(
        self, folder: Path, names: Sequence[str], *, job_name: str, isolated: bool
    ) -> None:
        if not has_namespaces():
            raise NoNamespaces(
                f"InstanceCount {len(names)}: the hosts of a training job reach each other over "
                "namespaces, which this machine does not allow; use 1."
            )
        self.hosts_file = folder / "hosts"
        self.hosts_file.write_text(_HOSTS.read_text() + _entries(names, job_name))
        self._holder = _start_namespace() if isolated else None

    @property
    def pid(self) -> int | None:
        """The process whose network namespace the hosts enter; None without isolation."""
        return self._holder.pid if self._holder else None

    def close(self) -> None:
        """End the namespace. Its hosts must have ended."""
        if self._holder:
            self._holder.communicate()


def _entries(names: Sequence[str], job_name: str) -> str:
    second, third = blake2s(job_name.encode(), digest_size=2).digest()
    return "".join(
        f"127.{second}.{third}.{number} {name}\n" for number, name in enumerate(names, start=1)
    )


def _start_namespace() -> subprocess.Popen[bytes]:
    """Start a process in a new network namespace. It ends with its standard input."""
    command = ["unshare", "--map-root-user", "--net", sys.executable, "-I", "-S", str(_LOOPBACK)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    return holder
