"""A role that the service has taken on for a job or a model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from local_cloud.context import Cloud

# The name that the service gives to these sessions.
SESSION = "SageMaker"


@dataclass(frozen=True)
class RoleSession:
    """The session of a role; it begins when it is first needed, and is the same from then on."""

    cloud: Cloud
    role_arn: str

    @property
    def role_name(self) -> str:
        """The role's name."""
        return self.role_arn.rpartition("/")[2]

    @property
    def arn(self) -> str:
        """The session's ARN, by which other services know who calls."""
        account = self.role_arn.split(":")[4]
        return f"arn:aws:sts::{account}:assumed-role/{self.role_name}/{SESSION}"

    @cached_property
    def variables(self) -> dict[str, str]:
        """The AWS_* variables of a process that acts in it."""
        return self.cloud.environment(self.role_arn, SESSION)

    def client(self, service: str) -> Any:
        """A client that acts in it."""
        return self.cloud.client_with(self.variables, service)
