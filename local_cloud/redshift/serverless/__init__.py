"""Redshift Serverless: namespaces and workgroups, which moto does not have."""

from __future__ import annotations

import re
import sys

from moto.backend_index import backend_url_patterns

from local_cloud.redshift.api.warehouse_runtime import WarehouseRuntime
from local_cloud.redshift.serverless import serverless_backend
from local_cloud.redshift.serverless.serverless_backend import (
    ServerlessBackend,
    redshiftserverless_backends,
)
from local_cloud.redshift.serverless.urls import url_bases

__all__ = ["ServerlessBackend", "install", "redshiftserverless_backends"]

_NAME = "redshiftserverless"


def install(runtime: WarehouseRuntime) -> None:
    """Add the service, without resources, to moto's index of services. Idempotent."""
    ServerlessBackend.runtime = runtime
    redshiftserverless_backends.clear()
    # moto imports a service by this name when a request has one of its URLs.
    sys.modules[f"moto.{_NAME}"] = serverless_backend
    pattern = (_NAME, re.compile(url_bases[0]))
    if pattern not in backend_url_patterns:
        backend_url_patterns.append(pattern)
