"""The resources that remain after an environment is destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Why a resource remains.
Reason = Literal["not deleted", "retained", "created by executions", "pending deletion", "shared"]


@dataclass(frozen=True)
class RemainingResource:
    """A resource that still exists. `kind` is its resource type in CloudFormation.

    `note` says what it contains or when it will be deleted. `stack` and `logical_id` identify a
    retained resource in the app; `cdk import` needs them.
    """

    reason: Reason
    kind: str
    name: str
    note: str = ""
    stack: str = ""
    logical_id: str = ""
