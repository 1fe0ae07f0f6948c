"""Who started an execution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def starter(described: Mapping[str, Any]) -> str | None:
    """Return the user of DescribePipelineExecution: a user profile, a user or a session of a role.

    None if SageMaker does not say it, as for executions that a rule started.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UserContext.html
    """
    creator = described.get("CreatedBy", {})
    arn = creator.get("IamIdentity", {}).get("Arn", "")
    return creator.get("UserProfileName") or arn.partition("/")[2] or None
