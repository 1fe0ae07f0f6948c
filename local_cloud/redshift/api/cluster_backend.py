"""The control plane of Redshift: moto's, with a database in each cluster."""

from __future__ import annotations

import threading
import types
from typing import Any

from moto.core.responses import ActionResult
from moto.redshift.exceptions import ClusterNotFoundError, RedshiftClientError
from moto.redshift.models import Cluster, RedshiftBackend
from moto.redshift.responses import RedshiftResponse

from local_cloud.moto_lock import MOTO
from local_cloud.redshift.api import scheduled_actions
from local_cloud.redshift.api.database_identity import create_user
from local_cloud.redshift.api.scheduled_actions import ScheduledAction
from local_cloud.redshift.api.warehouse_endpoint import AVAILABLE, PAUSED, cluster_endpoint
from local_cloud.redshift.api.warehouse_runtime import WarehouseRuntime

# On AWS, a reboot takes minutes, and an elastic resize ten to fifteen minutes.
REBOOT_SECONDS = 3.0
RESIZE_SECONDS = 3.0
DROPPED = "FATAL: terminating connection due to administrator command"


class InvalidClusterStateError(RedshiftClientError):  # type: ignore[misc]
    """InvalidClusterState: the state of the cluster does not allow the operation."""

    def __init__(self, cluster: Cluster, wanted: str) -> None:
        super().__init__(
            "InvalidClusterState",
            f"Cluster {cluster.cluster_identifier} is {cluster.status}: it must be {wanted}",
        )


class WarehouseRedshiftBackend(RedshiftBackend):  # type: ignore[misc]
    """moto's clusters with databases. If a cluster is deleted, its statements are aborted.

    A pause or a resume takes effect immediately, without the states `pausing` and `resuming`.
    Sources: "Pausing and resuming a cluster" ("begins terminating queries"), "Resizing a cluster"
    ("queries can be dropped").
    """

    runtime: WarehouseRuntime

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.scheduled_actions: dict[str, ScheduledAction] = {}

    @property
    def _url_module(self) -> types.ModuleType:
        from moto.redshift import urls

        module: types.ModuleType = urls
        return module

    def cluster(self, identifier: str) -> Cluster:
        """Return the cluster with this identifier. Raises ClusterNotFound."""
        if identifier not in self.clusters:
            raise ClusterNotFoundError(identifier)
        return self.clusters[identifier]

    def pause_cluster(self, cluster_id: str) -> Cluster:
        """Perform PauseCluster: the cluster ends its running statements and accepts no others."""
        cluster = self._in_state(cluster_id, AVAILABLE)
        self._drop_connections(cluster, PAUSED)
        return cluster

    def resume_cluster(self, cluster_id: str) -> Cluster:
        """Perform ResumeCluster: a paused cluster is available again, with its data."""
        cluster = self._in_state(cluster_id, PAUSED)
        cluster.status = AVAILABLE
        return cluster

    def reboot_cluster(self, cluster_id: str) -> Cluster:
        """Perform RebootCluster: end all statements; be unavailable for `REBOOT_SECONDS`."""
        cluster = self._in_state(cluster_id, AVAILABLE)
        self._drop_connections(cluster, "rebooting")
        _return(cluster, REBOOT_SECONDS)
        return cluster

    def resize_cluster(self, cluster_id: str, changes: dict[str, Any]) -> Cluster:
        """Perform an elastic ResizeCluster: like a reboot of `RESIZE_SECONDS`, with new nodes."""
        cluster = self._in_state(cluster_id, AVAILABLE)
        self._drop_connections(cluster, "resizing")
        for name, value in changes.items():
            setattr(cluster, name, value)
        _return(cluster, RESIZE_SECONDS)
        return cluster

    def get_cluster_credentials(
        self, cluster_identifier: str, db_user: str, auto_create: bool, duration_seconds: int
    ) -> dict[str, Any]:
        """Perform GetClusterCredentials. With AutoCreate, the user is created.

        As on AWS, credentials are also returned for a user that does not exist: the connection
        fails later (API page of GetClusterCredentials, DbUser).
        """
        answer: dict[str, Any] = super().get_cluster_credentials(
            cluster_identifier, db_user, auto_create, duration_seconds
        )
        if auto_create:
            endpoint = cluster_endpoint(self.cluster(cluster_identifier))
            with MOTO.released():  # a statement that writes may run for minutes
                create_user(self.runtime.warehouse(endpoint), db_user)
        return answer

    def _in_state(self, identifier: str, wanted: str) -> Cluster:
        cluster = self.cluster(identifier)
        if cluster.status != wanted:
            raise InvalidClusterStateError(cluster, wanted)
        return cluster

    def _drop_connections(self, cluster: Cluster, status: str) -> None:
        cluster.status = status
        data = cluster_endpoint(cluster).data
        with MOTO.released():
            self.runtime.drop(data, DROPPED)


def install() -> None:
    """Add the operations that moto's handler does not have."""
    RedshiftResponse.modify_cluster_iam_roles = _modify_cluster_iam_roles
    RedshiftResponse.reboot_cluster = _reboot_cluster
    RedshiftResponse.resize_cluster = _resize_cluster
    scheduled_actions.install()


def _modify_cluster_iam_roles(response: Any) -> ActionResult:
    """Add and remove the roles that COPY and UNLOAD may use."""
    cluster = response.redshift_backend.cluster(response._get_param("ClusterIdentifier"))
    removed = response._get_param("RemoveIamRoles", [])
    roles = [each for each in cluster.iam_roles_arn if each not in removed]
    cluster.iam_roles_arn = list(dict.fromkeys([*roles, *response._get_param("AddIamRoles", [])]))
    return ActionResult({"Cluster": cluster})


def _reboot_cluster(response: Any) -> ActionResult:
    cluster = response.redshift_backend.reboot_cluster(response._get_param("ClusterIdentifier"))
    return ActionResult({"Cluster": cluster})


def _resize_cluster(response: Any) -> ActionResult:
    given = {
        "cluster_type": response._get_param("ClusterType"),
        "node_type": response._get_param("NodeType"),
        "number_of_nodes": response._get_int_param("NumberOfNodes"),
    }
    changes = {name: value for name, value in given.items() if value is not None}
    identifier = response._get_param("ClusterIdentifier")
    return ActionResult({"Cluster": response.redshift_backend.resize_cluster(identifier, changes)})


def _return(cluster: Cluster, seconds: float) -> None:
    """Make the cluster available again after some seconds."""
    timer = threading.Timer(seconds, lambda: setattr(cluster, "status", AVAILABLE))
    timer.daemon = True
    timer.start()
