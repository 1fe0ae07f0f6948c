"""The error of the API."""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError


class InvalidRequestError(JsonRESTError):  # type: ignore[misc]
    """InvalidRequestException: the service rejects a value."""

    def __init__(self, message: str) -> None:
        super().__init__("InvalidRequestException", message)
