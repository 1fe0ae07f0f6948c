"""Responses and errors of hosted models."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HostResponse:
    """The response of a container. 4xx and 5xx are responses, not exceptions.

    `custom_attributes` is its header X-Amzn-SageMaker-Custom-Attributes.
    """

    status: int
    body: bytes
    content_type: str
    custom_attributes: str | None = None


class HostingFailed(Exception):
    """A model cannot be hosted. The text is the service's FailureReason."""


class ServiceFault(HostingFailed):
    """Hosting failed because another service failed. A retry may succeed."""


class UnhealthyHost(HostingFailed):
    """A model's process does not respond to /ping. The text is the last line of its output."""


class HostTerminated(Exception):
    """The process of a connection ended, or did not respond in time."""
