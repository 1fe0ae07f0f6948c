"""Redshift of the laptop cloud: the Data API, SQL, COPY and UNLOAD over DuckDB."""

from __future__ import annotations

from typing import Any

from local_cloud.context import Cloud
from local_cloud.redshift.api import data_backend
from local_cloud.redshift.api.dataset_unload import Dataset, unload_dataset
from local_cloud.redshift.api.scheduled_actions import ActionScheduler
from local_cloud.redshift.api.warehouse_runtime import WarehouseRuntime
from local_cloud.redshift.statement_errors import StatementFailed
from local_cloud.redshift.warehouse import Warehouse

__all__ = [
    "Dataset",
    "StatementFailed",
    "install",
    "resume",
    "run_scheduled_action",
    "shutdown",
    "unload",
    "warehouses",
]

_installed: list[WarehouseRuntime] = []
_schedulers: list[ActionScheduler] = []


def install(cloud: Cloud) -> None:
    """Add databases that run SQL to moto's clusters. Stops an earlier installation first."""
    shutdown()
    _installed.append(data_backend.install(cloud))
    _schedulers.append(ActionScheduler(cloud))


def shutdown() -> None:
    """Stop the running statements and delete the data."""
    while _schedulers:
        _schedulers.pop().close()
    while _installed:
        _installed.pop().close()


def run_scheduled_action(name: str) -> dict[str, Any]:
    """Run a scheduled action now. Raises `ActionNotRun`."""
    return _schedulers[-1].run(name)


def warehouses() -> dict[str, Warehouse]:
    """Return the warehouses of the installed cloud by the identifier of their data."""
    return _installed[-1].warehouses


def resume() -> None:
    """Open the databases of restored warehouses, and delete those of all others."""
    _installed[-1].resume()


def unload(cloud: Cloud, dataset: Dataset) -> list[str]:
    """Unload the rows of a query to S3, one file per slice with rows. Return the URIs.

    CSV files have no header and contain booleans as t and f; PARQUET files have types. Existing
    files, for instance of an earlier attempt, are overwritten. Raises StatementFailed.
    """
    runtime = next((found for found in _installed if found.cloud == cloud), None)
    if runtime is None:
        raise StatementFailed(f"no warehouse is installed for the cloud at {cloud.endpoint}")
    return unload_dataset(runtime, dataset)
