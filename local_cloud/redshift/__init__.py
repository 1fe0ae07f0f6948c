"""The laptop cloud's Redshift: the Data API, COPY and UNLOAD over DuckDB."""

from __future__ import annotations

from local_cloud.context import Cloud
from local_cloud.redshift import backend
from local_cloud.redshift.errors import StatementFailed

__all__ = ["StatementFailed", "install", "shutdown"]

_installed: list[backend.Runtime] = []


def install(cloud: Cloud) -> None:
    """Give moto's Redshift clusters databases that run SQL; a former installation ends."""
    shutdown()
    _installed.append(backend.install(cloud))


def shutdown() -> None:
    """Stop the statements that run and forget the data."""
    while _installed:
        _installed.pop().close()
