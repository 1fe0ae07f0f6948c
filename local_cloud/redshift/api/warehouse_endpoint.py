"""The endpoint of a connection: a cluster, or a workgroup with its namespace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from moto.redshift.models import Cluster

AVAILABLE, PAUSED = "available", "paused"


@dataclass(frozen=True)
class WarehouseEndpoint:
    """A cluster or a workgroup, to which the Data API connects.

    `kind` is the request parameter with its name. `users` is the ARN of its database users without
    the user names. `data` identifies its data. `roles` returns the IAM roles that its statements
    may use; `status` returns the ClusterStatus. A workgroup is always available.
    """

    kind: Literal["ClusterIdentifier", "WorkgroupName"]
    name: str
    arn: str
    users: str
    data: str
    database: str
    master: str
    master_password: str | None
    roles: Callable[[], list[str]]
    status: Callable[[], str] = lambda: AVAILABLE

    @property
    def is_available(self) -> bool:
        """Whether it accepts connections, also in the status `available, prep-for-resize`."""
        return self.status().startswith(AVAILABLE)

    @property
    def target(self) -> Mapping[str, str]:
        """The name of the endpoint, as a member of requests and responses."""
        return {self.kind: self.name}


def cluster_endpoint(cluster: Cluster) -> WarehouseEndpoint:
    """Return the endpoint of a provisioned cluster. A recreated cluster has a new `data`."""
    return WarehouseEndpoint(
        "ClusterIdentifier",
        cluster.cluster_identifier,
        arn=cluster.arn,
        users=cluster.arn.replace(":cluster:", ":dbuser:"),
        data=cluster.unique_cluster_id,
        database=cluster.db_name,
        master=cluster.master_username,
        master_password=cluster.master_user_password,
        roles=lambda: list(cluster.iam_roles_arn),
        status=lambda: str(cluster.status),
    )
