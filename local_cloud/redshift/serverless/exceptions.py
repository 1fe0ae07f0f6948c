"""The errors of Redshift Serverless."""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError


class ValidationError(JsonRESTError):  # type: ignore[misc]
    """ValidationException: a value that the service does not take."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


class ConflictError(JsonRESTError):  # type: ignore[misc]
    """ConflictException: the resource exists, or something else still uses it."""

    def __init__(self, message: str) -> None:
        super().__init__("ConflictException", message)


class NotFoundError(JsonRESTError):  # type: ignore[misc]
    """ResourceNotFoundException: there is nothing of that name."""

    def __init__(self, message: str) -> None:
        super().__init__("ResourceNotFoundException", message)
