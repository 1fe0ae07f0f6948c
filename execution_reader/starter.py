"""Who started an execution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Starter:
    """A user profile, a user, or a session of a role; `role` is None if it is not a session."""

    name: str
    role: str | None = None


def starter(described: Mapping[str, Any]) -> Starter | None:
    """Return the user of DescribePipelineExecution; None if SageMaker does not say it.

    The session of a person's role is the name of the person; that of a rule's role says nothing.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UserContext.html
    """
    user = described.get("CreatedBy") or {}
    if name := user.get("UserProfileName"):
        return Starter(str(name))
    arn = str((user.get("IamIdentity") or {}).get("Arn", ""))
    kind, _, identity = arn.rpartition(":")[2].partition("/")
    if not identity:
        return None
    return Starter(identity, identity.partition("/")[0] if kind == "assumed-role" else None)
