"""The errors of definitions, requests and jobs."""

from __future__ import annotations

from collections.abc import Iterable

from moto.core.exceptions import ServiceException

from local_cloud.errors import LocalCloudError

# The reason of executions and jobs that did not end before their server.
INTERRUPTED = "The laptop cloud ended while this ran. Start it again."
_MAX_SHOWN = 50


class UnsupportedDefinition(LocalCloudError):
    """The laptop cloud does not support a pipeline definition. `findings` contains all reasons."""

    def __init__(self, findings: Iterable[str]) -> None:
        self.findings = tuple(findings)
        shown, more = self.findings[:_MAX_SHOWN], len(self.findings) - _MAX_SHOWN
        rest = [f"And {more} more."] if more > 0 else []
        super().__init__(" ".join(["Unable to parse pipeline definition.", *shown, *rest]))


class UnknownExecution(LocalCloudError):
    """The execution or step in the arguments of a command does not exist."""


class ExpressionError(LocalCloudError):
    """A reference in a definition has no value at run time."""


class JobFailed(Exception):
    """A job failed. The text is its `FailureReason`, with the service's prefix."""


class JobStopped(Exception):
    """A job was stopped."""


class ValidationFailed(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """The service's `ValidationException`."""

    code = "ValidationException"


class ResourceInUse(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """The service's `ResourceInUse`: the name already exists."""

    code = "ResourceInUse"


class ConflictingState(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """The service's `ConflictException`."""

    code = "ConflictException"


class ResourceNotFound(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """The service's `ResourceNotFound`."""

    code = "ResourceNotFound"
