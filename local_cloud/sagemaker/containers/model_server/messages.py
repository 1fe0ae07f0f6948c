"""Requests and replies, as every kind of hosting code sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

JSON = "application/json"
CSV = "text/csv"
# Both toolkits give the bodies of these types to hosting code as text.
TEXT_TYPES = (JSON, CSV)
DEFAULT_ACCEPT_VARIABLE = "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT"


@dataclass(frozen=True)
class Request:
    """A POST to /invocations; the types are None where the client gave none."""

    body: bytes
    content_type: str | None
    accept: str | None


@dataclass(frozen=True)
class Reply:
    """What is sent back."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Hosted(Protocol):
    """A model that is ready to be asked."""

    def invoke(self, request: Request) -> Reply:
        """Answer one request; called by several threads at once."""


def as_bytes(body: str | bytes) -> bytes:
    """Text as UTF-8."""
    return body.encode() if isinstance(body, str) else body
