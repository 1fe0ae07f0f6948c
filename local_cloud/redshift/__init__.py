"""Redshift of the laptop cloud: the Data API, SQL, COPY and UNLOAD over DuckDB."""

from __future__ import annotations

from local_cloud.context import Cloud
from local_cloud.redshift.api import data_backend
from local_cloud.redshift.api.dataset_unload import Dataset, unload_dataset
from local_cloud.redshift.api.warehouse_runtime import WarehouseRuntime
from local_cloud.redshift.statement_errors import StatementFailed

__all__ = ["Dataset", "StatementFailed", "install", "shutdown", "unload"]

_installed: list[WarehouseRuntime] = []


def install(cloud: Cloud) -> None:
    """Add databases that run SQL to moto's clusters. Stops an earlier installation first."""
    shutdown()
    _installed.append(data_backend.install(cloud))


def shutdown() -> None:
    """Stop the running statements and delete the data."""
    while _installed:
        _installed.pop().close()


def unload(cloud: Cloud, dataset: Dataset) -> list[str]:
    """Unload the rows of a query to S3, one file per slice with rows. Return the URIs.

    CSV files have no header and contain booleans as t and f; PARQUET files have types. Existing
    files, for instance of an earlier attempt, are overwritten. Raises StatementFailed.
    """
    runtime = next((found for found in _installed if found.cloud == cloud), None)
    if runtime is None:
        raise StatementFailed(f"no warehouse is installed for the cloud at {cloud.endpoint}")
    return unload_dataset(runtime, dataset)
