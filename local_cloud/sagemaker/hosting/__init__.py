"""Hosts models with /ping and /invocations, for endpoints and transform jobs.

Usage: `with hosted(cloud, "model", ...) as fleet: fleet.invoke(body, ...)`.
"""

from __future__ import annotations

from local_cloud.sagemaker.hosting.host_fleet import FOLDER, Fleet, hosted
from local_cloud.sagemaker.hosting.host_responses import (
    HostingFailed,
    HostResponse,
    HostTerminated,
    ServiceFault,
    UnhealthyHost,
)
from local_cloud.sagemaker.hosting.placement import DEFAULT_STARTUP_SECONDS, Placement

__all__ = [
    "DEFAULT_STARTUP_SECONDS",
    "FOLDER",
    "HostResponse",
    "Fleet",
    "HostTerminated",
    "HostingFailed",
    "Placement",
    "ServiceFault",
    "UnhealthyHost",
    "hosted",
]
