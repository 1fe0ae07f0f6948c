"""What a request connects to: a cluster, or a workgroup with its namespace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from moto.redshift.models import Cluster

AVAILABLE, PAUSED = "available", "paused"


@dataclass(frozen=True)
class WarehouseEndpoint:
    """A warehouse as the Data API sees it; `data` tells whose tables are behind it.

    `kind` is the parameter that names it, `users` the ARN of its database users without their
    names, `roles` gives the IAM roles that its statements may use and `status` a cluster's
    ClusterStatus; a workgroup is always available.
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
        """Whether it takes connections, as in the status `available, prep-for-resize`."""
        return self.status().startswith(AVAILABLE)

    @property
    def target(self) -> Mapping[str, str]:
        """The endpoint as requests and answers name it."""
        return {self.kind: self.name}


def cluster_endpoint(cluster: Cluster) -> WarehouseEndpoint:
    """A provisioned cluster; a re-created one has other data."""
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
