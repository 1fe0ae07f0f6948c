"""Detects transient errors, after which a retry of the same request may succeed."""

from __future__ import annotations

from botocore.exceptions import (
    ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
)

_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
_NO_RESPONSE = (ConnectionError, HTTPClientError, IncompleteReadError)


def is_transient(error: Exception) -> bool:
    """Return whether the error is a throttled call, a server error (5xx), or no full response."""
    if isinstance(error, ClientError):
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        throttled = status == _TOO_MANY_REQUESTS or "Throttl" in error.response["Error"]["Code"]
        return throttled or status >= _SERVER_ERROR
    return isinstance(error, _NO_RESPONSE)
