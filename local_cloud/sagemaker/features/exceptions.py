"""The errors of the Feature Store Runtime API."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class InvalidRecord(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """The service's `ValidationError`."""

    code = "ValidationError"


class RecordsNotFound(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """The service's `ResourceNotFound`: the feature group does not exist."""

    code = "ResourceNotFound"
