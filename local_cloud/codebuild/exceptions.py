"""The errors of the API."""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError


class InvalidInput(JsonRESTError):  # type: ignore[misc]
    """InvalidInputException: the service rejects a value, or the laptop does not support it."""

    def __init__(self, message: str) -> None:
        super().__init__("InvalidInputException", message)


class ResourceAlreadyExists(JsonRESTError):  # type: ignore[misc]
    """ResourceAlreadyExistsException."""

    def __init__(self, message: str) -> None:
        super().__init__("ResourceAlreadyExistsException", message)


class ResourceNotFound(JsonRESTError):  # type: ignore[misc]
    """ResourceNotFoundException."""

    def __init__(self, message: str) -> None:
        super().__init__("ResourceNotFoundException", message)
