"""Which refusals of a service pass by themselves."""

from __future__ import annotations

from botocore.exceptions import (
    ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
)

from local_cloud.sagemaker.retries import type_of_client_error

_NOT_HEARD = (ConnectionError, HTTPClientError, IncompleteReadError)


def is_transient(error: Exception) -> bool:
    """Whether the service was out of order, overburdened or not heard: the request may be right."""
    if isinstance(error, ClientError):
        return type_of_client_error(error) is not None
    return isinstance(error, _NOT_HEARD)
