"""Who started an execution: a person, a program, a schedule, or drift."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The names of roles of the app's rules: stack, logical ID (stacks/pipeline/), random end.
_OF_RULE = re.compile(r"redline-.*-(Schedule|Retraining)")
_CAUSES = {"Schedule": "a schedule", "Retraining": "drift"}
# What SDKs call a session if the caller gives no name.
_OF_PROGRAM = re.compile(r"(botocore-session-|aws-go-sdk-|aws-sdk-js-session-)?\d{9,}")


@dataclass(frozen=True)
class Starter:
    """A user profile, a user, or a session of a role; `role` is None if it is not a session."""

    name: str
    role: str | None = None

    @property
    def text(self) -> str:
        """What a person reads: the session of a rule's role says nothing."""
        if self.role is None:
            return self.name
        if found := _OF_RULE.match(self.role):
            return _CAUSES[found[1]]
        if _OF_PROGRAM.fullmatch(self.name):
            return f"a program with the role {self.role}"
        return f"{self.name} (role {self.role})"


def starter(described: Mapping[str, Any]) -> Starter | None:
    """Return the user of DescribePipelineExecution; None if SageMaker does not say it.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UserContext.html
    """
    user = described.get("CreatedBy") or {}
    if name := user.get("UserProfileName"):
        return Starter(str(name))
    arn = str((user.get("IamIdentity") or {}).get("Arn", ""))
    kind, _, identity = arn.rpartition(":")[2].partition("/")
    if not identity:
        return None
    if kind != "assumed-role":
        return Starter(identity)
    role, _, session = identity.partition("/")
    return Starter(session, role)
