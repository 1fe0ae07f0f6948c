"""The base class of all kinds of jobs: the request, the role and its clients."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from local_cloud.context import Cloud
from local_cloud.faults.fault import Fault
from local_cloud.sagemaker.jobs.host_faults import fault_of
from local_cloud.sagemaker.jobs.job_kinds import JobKind
from local_cloud.sagemaker.role_session import RoleSession


class JobTask(ABC):
    """A job's request and ARN, and clients with the job's role."""

    kind: ClassVar[JobKind]

    def __init__(self, cloud: Cloud, request: Mapping[str, Any], arn: str) -> None:
        self.cloud = cloud
        self.request = request
        self.arn = arn

    @property
    def name(self) -> str:
        """The job's name."""
        name: str = self.request[f"{self.kind.name}JobName"]
        return name

    @property
    @abstractmethod
    def role_arn(self) -> str:
        """The role that the job uses."""

    @property
    def network(self) -> Mapping[str, Any] | None:
        """The VpcConfig of the instances; None if they are not in a VPC."""
        return None

    @cached_property
    def session(self) -> RoleSession:
        """The session of the job's role, created once."""
        return RoleSession(self.cloud, self.role_arn, self.network)

    @cached_property
    def s3(self) -> Any:
        """An S3 client with the job's role."""
        return self.client("s3")

    def client(self, service: str) -> Any:
        """Return a client with the job's role."""
        return self.session.client(service)

    def fault_of(self, host_name: str) -> Fault | None:
        """Return the fault for a host of the job that is about to start."""
        return fault_of(f"{self.arn}/{host_name}", self.session)

    def results(self) -> dict[str, Any]:
        """Return the members of the job's description that only this kind of job has."""
        return {}
