"""Models behind /ping and /invocations: what endpoints and transform jobs ask.

`with hosted(cloud, "model", ...) as fleet: fleet.invoke(body, ...)` is all that a user of it needs.
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
