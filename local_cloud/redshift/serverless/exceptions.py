"""The errors of Redshift Serverless."""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError


class ValidationError(JsonRESTError):  # type: ignore[misc]
    """ValidationException: the service rejects a value."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


class ConflictError(JsonRESTError):  # type: ignore[misc]
    """ConflictException: the resource already exists, or another resource uses it."""

    def __init__(self, message: str) -> None:
        super().__init__("ConflictException", message)


class NotFoundError(JsonRESTError):  # type: ignore[misc]
    """ResourceNotFoundException: no resource has this name."""

    def __init__(self, message: str) -> None:
        super().__init__("ResourceNotFoundException", message)
