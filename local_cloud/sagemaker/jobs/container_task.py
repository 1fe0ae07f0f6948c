"""The base class of the tasks of processing and training jobs, which run a container."""

from __future__ import annotations

import json
import os
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from local_cloud.authorization.authorizer import NotAuthorized
from local_cloud.authorization.key_states import KeyUnusable
from local_cloud.sagemaker.exceptions import JobFailed
from local_cloud.sagemaker.jobs.built_images import packages_of, variables_of
from local_cloud.sagemaker.jobs.container_environment import base_environment
from local_cloud.sagemaker.jobs.job_hosts import Host
from local_cloud.sagemaker.jobs.job_task import JobTask
from local_cloud.sagemaker.provisioning import Instances, provision
from local_cloud.sagemaker.role_session import SESSION

# The service truncates the message of a container to 1 KB.
_MESSAGE_CHARACTERS = 1024
# SageMaker's default for both job kinds: one day.
_DEFAULT_RUNTIME_SECONDS = 86_400
# Hosts share the cores of this machine.
_THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
# OpenMP's threads spin while they wait for each other. On shared cores, the training of a small
# model took up to 10 s with two threads and 0.1 s with one. If a job sets a larger number of
# threads, sleeping instead of spinning made a larger training ten times faster.
_OPENMP = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
# pip in a job must not change this environment: it accepts the installed packages, or fails.
_INSTALLED_PACKAGES = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


class ContainerTask(JobTask):
    """The files, the command and the results of a container for a request."""

    @property
    def role_arn(self) -> str:
        """The role in the request."""
        role_arn: str = self.request["RoleArn"]
        return role_arn

    @property
    def max_runtime_seconds(self) -> int:
        """MaxRuntimeInSeconds, or the service's default."""
        condition = self.request.get("StoppingCondition") or {}
        return int(condition.get("MaxRuntimeInSeconds", _DEFAULT_RUNTIME_SECONDS))

    @property
    @abstractmethod
    def instance_type(self) -> str:
        """The instance type in the request."""

    @property
    @abstractmethod
    def instance_count(self) -> int:
        """The number of hosts."""

    @property
    @abstractmethod
    def has_network(self) -> bool:
        """Whether the container has a network. False with network isolation."""

    @property
    def connects_hosts(self) -> bool:
        """Whether the hosts of this kind of job reach each other by name. Only in training jobs."""
        return False

    @property
    @abstractmethod
    def instances(self) -> Instances:
        """The instances and their subnets and security groups."""

    @property
    def network(self) -> Mapping[str, Any] | None:
        """The VpcConfig of the instances."""
        return self.instances.network

    def provision(self) -> None:
        """Check that the role may use its instances. Raises `JobFailed`."""
        try:
            provision(self.role_arn, SESSION, self.instances)
        except (NotAuthorized, KeyUnusable) as error:
            raise JobFailed(f"ClientError: Could not provision the instances: {error}") from error

    @property
    def max_wait_seconds(self) -> int | None:
        """MaxWaitTimeInSeconds of a job on spot instances; None for on-demand instances."""
        return None

    @abstractmethod
    def command(self) -> list[str]:
        """Return the container's entry point and arguments."""

    @property
    def packages(self) -> Sequence[str] | None:
        """The folders with the packages of the image; None for those of this machine."""
        return packages_of(self.instances.image)

    def install(self, tell: Callable[[str], None]) -> None:
        """Install the packages of the image. No-op unless they are not those of this machine."""
        return

    @abstractmethod
    def variables(self, scratch: Path) -> dict[str, str]:
        """Return the variables of the image, and those that the service adds for the kind of job.

        `scratch` is the temporary folder of the host.
        """

    @abstractmethod
    def configure(self, host: Host, host_names: Sequence[str]) -> None:
        """Write the configuration files and create the folders that a container expects."""

    @abstractmethod
    def fetch(self, hosts: Sequence[Host]) -> None:
        """Download the inputs to the hosts. Raises `JobFailed`."""

    @abstractmethod
    def deliver(self, hosts: Sequence[Host]) -> None:
        """Upload the outputs to S3. Raises `JobFailed`."""

    def copy_changes(self, hosts: Sequence[Host]) -> None:
        """Copy new files to S3 while the containers run. No-op unless a subclass overrides it."""
        return

    def observe(self, line: str) -> None:
        """Process a line that a host printed."""
        return

    def deliver_stopped(self, hosts: Sequence[Host]) -> None:
        """Upload the outputs of a stopped job. No-op unless a subclass overrides it."""
        return

    def message(self, host: Host) -> str:
        """Return the message that the script wrote, truncated to the service's length."""
        file = host.path(self.kind.message_file)
        if not file.is_file():
            return ""
        return file.read_text(errors="replace").strip()[:_MESSAGE_CHARACTERS]

    def environment(self, scratch: Path) -> dict[str, str]:
        """Return the complete environment of a host's process."""
        threads = str(max(1, (os.cpu_count() or 1) // self.instance_count))
        return {
            **base_environment(
                scratch, self.session, has_network=self.has_network, packages=self.packages
            ),
            **dict.fromkeys(_THREAD_VARIABLES, threads),
            **_OPENMP,
            **_INSTALLED_PACKAGES,
            **variables_of(self.instances.image),
            **self.variables(scratch),
            **(self.request.get("Environment") or {}),
        }


def write_json(path: Path, document: Any) -> None:
    """Write a configuration file and create its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, default=str))
