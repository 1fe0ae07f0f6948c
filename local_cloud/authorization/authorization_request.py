"""A call whose permissions are determined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class AuthorizationRequest:
    """A call: `service:Action`, account, region, and a function that returns its parameters."""

    action: str
    region: str
    account: str
    parameter: Callable[[str], Any]

    def arn(self, service: str, rest: str) -> str:
        """Return an ARN in this region and account."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"
