"""One job's request, and what all kinds of jobs do with theirs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from local_cloud.context import Cloud
from local_cloud.faults import FAULTS
from local_cloud.faults.fault import RUN_HOST, Asked, Fault
from local_cloud.sagemaker.jobs.kinds import JobKind

# The name that the service gives to the sessions of jobs.
SESSION = "SageMaker"


class Task(ABC):
    """A request with its ARN, and a way to AWS with the job's own role."""

    kind: ClassVar[JobKind]

    def __init__(self, cloud: Cloud, request: Mapping[str, Any], arn: str) -> None:
        self.cloud = cloud
        self.request = request
        self.arn = arn
        self._s3: Any = None

    @property
    def name(self) -> str:
        """The job's name."""
        name: str = self.request[f"{self.kind.name}JobName"]
        return name

    @property
    @abstractmethod
    def role_arn(self) -> str:
        """The role that the job acts with."""

    @property
    def s3(self) -> Any:
        """An S3 client with the job's role."""
        if self._s3 is None:
            self._s3 = self.client("s3")
        return self._s3

    def client(self, service: str) -> Any:
        """A client with the job's role."""
        return self.cloud.client(service, role_arn=self.role_arn, session=SESSION)

    def fault_of(self, host_name: str) -> Fault | None:
        """What is to happen to one of the job's hosts, which is about to begin."""
        role = self.role_arn.rpartition("/")[2]
        return FAULTS.strike(Asked(RUN_HOST, (f"{self.arn}/{host_name}",), role, SESSION))

    def results(self) -> dict[str, Any]:
        """What joins the job's description, beyond what all jobs show."""
        return {}
