"""EMR: clusters and serverless applications, whose jobs run in a local Spark."""

from __future__ import annotations

from moto.emr.models import emr_backends
from moto.emrserverless.models import emrserverless_backends

from local_cloud.context import Cloud
from local_cloud.emr.api.cluster_backend import ClusterBackend
from local_cloud.emr.serverless.serverless_backend import ServerlessBackend

__all__ = ["install", "resume", "shutdown"]


def install(cloud: Cloud) -> None:
    """Replace moto's back ends, which run nothing."""
    shutdown()
    ClusterBackend.cloud = ServerlessBackend.cloud = cloud
    emr_backends.backend = ClusterBackend
    emr_backends.clear()
    emrserverless_backends.backend = ServerlessBackend
    emrserverless_backends.clear()


def resume() -> None:
    """End the jobs of an earlier server."""
    for backends in (emr_backends, emrserverless_backends):
        for regions in backends.values():
            for backend in regions.values():
                backend.resume()


def shutdown() -> None:
    """Stop the running jobs, and wait until their processes have ended."""
    ClusterBackend.stop_all()
    ServerlessBackend.stop_all()
