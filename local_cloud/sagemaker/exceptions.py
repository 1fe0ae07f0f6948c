"""What can be wrong with a definition, a request or the work of a job."""

from __future__ import annotations

from collections.abc import Iterable

from moto.core.exceptions import ServiceException

from local_cloud.errors import LocalCloudError

_MAX_SHOWN = 50


class UnsupportedDefinition(LocalCloudError):
    """A pipeline definition that the laptop cloud cannot carry out; `findings` has all of them."""

    def __init__(self, findings: Iterable[str]) -> None:
        self.findings = tuple(findings)
        shown, more = self.findings[:_MAX_SHOWN], len(self.findings) - _MAX_SHOWN
        rest = [f"And {more} more."] if more > 0 else []
        super().__init__(" ".join(["Unable to parse pipeline definition.", *shown, *rest]))


class UnknownExecution(LocalCloudError):
    """No execution (or step of one) goes by the name that a command was given."""


class ExpressionError(LocalCloudError):
    """A reference in a definition that leads nowhere at run time."""


class JobFailed(Exception):
    """A job cannot go on; its text is the `FailureReason`, with the service's prefix."""


class JobStopped(Exception):
    """A job was told to stop."""


class ValidationFailed(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """The service's `ValidationException`."""

    code = "ValidationException"


class ResourceInUse(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """The service's answer to a name that is taken."""

    code = "ResourceInUse"


class ConflictingState(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """The service's `ConflictException`."""

    code = "ConflictException"


class ResourceNotFound(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """The service's answer to a name that nothing has."""

    code = "ResourceNotFound"
