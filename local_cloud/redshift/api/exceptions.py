"""The errors of the Data API itself, before a statement exists."""

from __future__ import annotations

import json

from moto.core.exceptions import JsonRESTError


class ValidationError(JsonRESTError):  # type: ignore[misc]
    """ValidationException: the request cannot be carried out as it is written."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


class ResourceNotFoundError(JsonRESTError):  # type: ignore[misc]
    """ResourceNotFoundException: no statement of that id."""

    def __init__(self, identifier: str, message: str = "Query does not exist.") -> None:
        super().__init__("ResourceNotFoundException", message)
        self.description = json.dumps(
            {
                "__type": "ResourceNotFoundException",
                "Message": message,
                "ResourceId": identifier,
            }
        )


class ActiveStatementsExceededError(JsonRESTError):  # type: ignore[misc]
    """ActiveStatementsExceededException: too many statements at once."""

    def __init__(self, limit: int) -> None:
        message = f"Active statements exceeded the allowed quota ({limit})."
        super().__init__("ActiveStatementsExceededException", message)
