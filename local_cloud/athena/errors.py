"""The error of a query, with the words of Athena."""

from __future__ import annotations

from local_cloud.errors import LocalCloudError


class QueryFailed(LocalCloudError):
    """A query failed. The text becomes the StateChangeReason."""


def unsupported(what: str) -> QueryFailed:
    """Return the error for a feature of Athena that the laptop cloud does not support."""
    return QueryFailed(f"NOT_SUPPORTED: {what} is not supported by the laptop cloud's Athena")
