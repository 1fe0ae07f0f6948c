"""The resources that remain after an environment is destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Why a resource remains.
Reason = Literal["not deleted", "retained", "created by executions", "pending deletion", "shared"]


@dataclass(frozen=True)
class RemainingResource:
    """A resource that still exists. `kind` is its resource type in CloudFormation.

    `note` describes its content, or when it is deleted. For a retained resource, `stack` and
    `logical_id` name it in the app; `cdk import` asks for both.
    """

    reason: Reason
    kind: str
    name: str
    note: str = ""
    stack: str = ""
    logical_id: str = ""
