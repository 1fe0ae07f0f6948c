"""Which errors of calls pass by themselves: they say nothing of what was asked."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

_TOO_MANY_REQUESTS = 429
_SERVERS_FAULT = 500


def is_passing(error: ClientError | BotoCoreError) -> bool:
    """Whether there was no answer, a server's fault, or throttling, in any service's words."""
    if isinstance(error, ClientError):
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        throttled = status == _TOO_MANY_REQUESTS or "Throttl" in error.response["Error"]["Code"]
        return throttled or status >= _SERVERS_FAULT
    return isinstance(error, (ConnectionError, HTTPClientError))
