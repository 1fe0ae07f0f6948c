"""The laptop cloud's Redshift: the Data API, COPY and UNLOAD over DuckDB."""

from __future__ import annotations

from local_cloud.context import Cloud
from local_cloud.redshift.api import data_backend
from local_cloud.redshift.api.dataset_unload import Dataset, unload_dataset
from local_cloud.redshift.api.warehouse_runtime import WarehouseRuntime
from local_cloud.redshift.statement_errors import StatementFailed

__all__ = ["Dataset", "StatementFailed", "install", "shutdown", "unload"]

_installed: list[WarehouseRuntime] = []


def install(cloud: Cloud) -> None:
    """Give moto's Redshift clusters databases that run SQL; an earlier installation ends."""
    shutdown()
    _installed.append(data_backend.install(cloud))


def shutdown() -> None:
    """Stop the statements that run and forget the data."""
    while _installed:
        _installed.pop().close()


def unload(cloud: Cloud, dataset: Dataset) -> list[str]:
    """The rows of a query as files in S3, one per slice that holds rows; their URIs.

    CSV has no header and writes booleans as t and f; PARQUET is typed. Files of an earlier try
    are overwritten. Raises StatementFailed with what the database says.
    """
    runtime = next((found for found in _installed if found.cloud == cloud), None)
    if runtime is None:
        raise StatementFailed(f"no warehouse is installed for the cloud at {cloud.endpoint}")
    return unload_dataset(runtime, dataset)
