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


class AccessDeniedError(JsonRESTError):  # type: ignore[misc]
    """AccessDeniedException: the caller's policies do not allow what the request needs."""

    def __init__(self, session: str, action: str, resource: str) -> None:
        super().__init__(
            "AccessDeniedException",
            f"User: {session} is not authorized to perform: {action} on resource: {resource} "
            "because no identity-based policy allows the action",
        )
        self.code = 403


class ActiveStatementsExceededError(JsonRESTError):  # type: ignore[misc]
    """ActiveStatementsExceededException: too many statements at once."""

    def __init__(self, limit: int) -> None:
        message = f"Active statements exceeded the allowed quota ({limit})."
        super().__init__("ActiveStatementsExceededException", message)
