"""Descriptions of an account's network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from operations.preflight.check import Account


def described(
    account: Account, operation: str, member: str, name: str, values: Sequence[str]
) -> list[Any]:
    """Return what a describe operation of EC2 returns for the filter `name`."""
    filters = [{"Name": name, "Values": list(values)}]
    return account.aws.list_all("ec2", operation, member, Filters=filters)
