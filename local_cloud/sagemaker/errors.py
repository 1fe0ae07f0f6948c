"""What can be wrong with a definition, a request or the work of a job."""

from __future__ import annotations

from collections.abc import Iterable

from moto.core.exceptions import ServiceException

from local_cloud.errors import LocalCloudError


class UnsupportedDefinition(LocalCloudError):
    """A pipeline definition that the laptop cloud cannot carry out; lists every finding."""

    def __init__(self, findings: Iterable[str]) -> None:
        self.findings = tuple(findings)
        super().__init__("Unable to parse pipeline definition. " + " ".join(self.findings))


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


class ResourceNotFound(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """The service's answer to a name that nothing has."""

    code = "ResourceNotFound"
