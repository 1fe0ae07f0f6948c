"""One job's request, and what all kinds of jobs do with theirs."""

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
    """A request with its ARN, and a way to AWS with the job's own role."""

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
        """The role that the job acts with."""

    @cached_property
    def session(self) -> RoleSession:
        """The job's role, taken on once."""
        return RoleSession(self.cloud, self.role_arn)

    @cached_property
    def s3(self) -> Any:
        """An S3 client with the job's role."""
        return self.client("s3")

    def client(self, service: str) -> Any:
        """A client with the job's role."""
        return self.session.client(service)

    def fault_of(self, host_name: str) -> Fault | None:
        """What is to happen to one of the job's hosts, which is about to begin."""
        return fault_of(f"{self.arn}/{host_name}", self.session)

    def results(self) -> dict[str, Any]:
        """What joins the job's description, beyond what all jobs show."""
        return {}
