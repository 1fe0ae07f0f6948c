"""The outputs of deployed stacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def outputs_of(stack: Mapping[str, Any]) -> dict[str, str]:
    """Return key -> value of the outputs of a stack, from a response of DescribeStacks."""
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
