"""The session of a role that the service has assumed for a job or a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from local_cloud.context import Cloud
from local_cloud.network.session_networks import join_network

# The session name that the service uses.
SESSION = "SageMaker"


@dataclass(frozen=True)
class RoleSession:
    """The session of a role. It is created at the first use and then reused.

    `network` is the VpcConfig of the job or the model: its requests come from there. `name` is the
    name of the session.
    """

    cloud: Cloud
    role_arn: str
    network: Mapping[str, Any] | None = None
    name: str = SESSION

    def __getstate__(self) -> dict[str, Any]:
        """Return what is saved: the credentials of a session end with the server."""
        return {"cloud": self.cloud, "role_arn": self.role_arn}

    @property
    def role_name(self) -> str:
        """The name of the role."""
        return self.role_arn.rpartition("/")[2]

    @property
    def arn(self) -> str:
        """The ARN of the session: the caller of requests to other services."""
        account = self.role_arn.split(":")[4]
        return f"arn:aws:sts::{account}:assumed-role/{self.role_name}/{self.name}"

    @cached_property
    def variables(self) -> dict[str, str]:
        """Return the AWS_* variables for a process that uses the session."""
        variables = self.cloud.environment(self.role_arn, self.name)
        if self.network:
            join_network(variables["AWS_ACCESS_KEY_ID"], self.network)
        return variables

    @cached_property
    def outside(self) -> RoleSession:
        """The session of the service itself, whose requests do not come from the VPC."""
        return replace(self, network=None)

    def client(self, service: str) -> Any:
        """Return a client that uses the session."""
        return self.cloud.client_with(self.variables, service)
