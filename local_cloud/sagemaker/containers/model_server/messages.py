"""Requests and replies of all model servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

JSON = "application/json"
CSV = "text/csv"
# Both toolkits pass bodies of these types to user code as text.
TEXT_TYPES = (JSON, CSV)
DEFAULT_ACCEPT_VARIABLE = "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT"


@dataclass(frozen=True)
class Request:
    """A POST to /invocations. A type is None if the client did not send one."""

    body: bytes
    content_type: str | None
    accept: str | None


@dataclass(frozen=True)
class Reply:
    """The response to a request."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Hosted(Protocol):
    """A loaded model."""

    def invoke(self, request: Request) -> Reply:
        """Answer one request; called from several threads at once."""


def as_bytes(body: str | bytes) -> bytes:
    """Return text as UTF-8, bytes unchanged."""
    return body.encode() if isinstance(body, str) else body
