"""Athena of the laptop cloud: queries over Glue tables in S3, executed by DuckDB."""

from __future__ import annotations

from moto.athena.models import athena_backends

from local_cloud.athena.api.athena_backend import QueryBackend
from local_cloud.athena.errors import QueryFailed
from local_cloud.context import Cloud

__all__ = ["QueryBackend", "QueryFailed", "install", "shutdown"]


def install(cloud: Cloud) -> None:
    """Replace moto's back end, which returns no rows."""
    shutdown()
    QueryBackend.start_workers(cloud)
    athena_backends.backend = QueryBackend
    athena_backends.clear()


def shutdown() -> None:
    """Cancel the running queries, and wait until they have ended."""
    QueryBackend.stop_workers()
