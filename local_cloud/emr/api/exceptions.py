"""The errors of the API of EMR."""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError


class ValidationError(JsonRESTError):  # type: ignore[misc]  # moto is untyped
    """ValidationException: the service rejects a value, or this state does not allow the call."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


class InvalidRequestError(JsonRESTError):  # type: ignore[misc]
    """InvalidRequestException: there is no such cluster or step."""

    def __init__(self, message: str) -> None:
        super().__init__("InvalidRequestException", message)
