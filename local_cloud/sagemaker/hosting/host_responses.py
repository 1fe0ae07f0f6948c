"""What comes back from a hosted model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HostResponse:
    """A container's reply; 4xx and 5xx are replies like any other.

    `custom_attributes` is what it wrote into X-Amzn-SageMaker-Custom-Attributes.
    """

    status: int
    body: bytes
    content_type: str
    custom_attributes: str | None = None


class HostingFailed(Exception):
    """A model cannot be hosted; the text is the service's FailureReason."""


class ServiceFault(HostingFailed):
    """What hosting needs of another service was not to be had: later it may be."""


class UnhealthyHost(HostingFailed):
    """A model's process does not answer /ping; the text is what it said last."""


class HostTerminated(Exception):
    """The process behind a connection ended, or did not answer in time."""
