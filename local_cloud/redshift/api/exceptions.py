"""The errors that the Data API returns for a request, before a statement exists."""

from __future__ import annotations

import json

from moto.core.exceptions import JsonRESTError


class ValidationError(JsonRESTError):  # type: ignore[misc]
    """ValidationException: the request is invalid."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


class ResourceNotFoundError(JsonRESTError):  # type: ignore[misc]
    """ResourceNotFoundException: no statement has this id, or the statement has no result."""

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
    """AccessDeniedException: the caller's policies do not allow a required action."""

    def __init__(self, session: str, action: str, resource: str) -> None:
        super().__init__(
            "AccessDeniedException",
            f"User: {session} is not authorized to perform: {action} on resource: {resource} "
            "because no identity-based policy allows the action",
        )
        self.code = 403


class UnavailableError(JsonRESTError):  # type: ignore[misc]
    """(Batch)ExecuteStatementException: the cluster is not available.

    The API's model describes this as "an environmental error". AWS does not publish the message.
    """

    code = 500

    def __init__(self, cluster: str, status: str, *, batch: bool) -> None:
        kind = "BatchExecuteStatement" if batch else "ExecuteStatement"
        message = (
            f"Redshift cluster {cluster} is {status}: it accepts no connections for some minutes"
        )
        super().__init__(f"{kind}Exception", message)


class ActiveStatementsExceededError(JsonRESTError):  # type: ignore[misc]
    """ActiveStatementsExceededException: too many statements are active."""

    def __init__(self, limit: int) -> None:
        message = f"Active statements exceeded the allowed quota ({limit})."
        super().__init__("ActiveStatementsExceededException", message)
