"""The warehouse of an environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from local_cloud.schedule_expressions import problem_with
from stacks.common.settings_class import settings
from stacks.common.validation import (
    require,
    require_days,
    require_match,
    require_one_of,
)
from stacks.warehouse.existing_warehouse import ExistingWarehouse

WarehouseKind = Literal["provisioned", "serverless"]

# Node type -> the minimum and the maximum number of nodes of a provisioned cluster; a single node
# is a separate cluster type. Source: Amazon Redshift Management Guide, "RA3 node types".
NODE_TYPES: Mapping[str, tuple[int, int]] = {
    "ra3.large": (1, 16),
    "ra3.xlplus": (1, 32),
    "ra3.4xlarge": (2, 64),
    "ra3.16xlarge": (2, 128),
}
# Kind of warehouse -> the fields of `Warehouse` that apply only to it.
WAREHOUSE_KINDS: Mapping[str, tuple[str, ...]] = {
    "provisioned": ("node_type", "nodes", "snapshot_retention_days", "pause"),
    "serverless": ("base_capacity", "namespace"),
}
# In Redshift Processing Units. 4, and more than 512, are available only in some regions (Amazon
# Redshift Management Guide, "Compute capacity for Amazon Redshift Serverless").
BASE_CAPACITIES = range(8, 513, 8)


@settings("warehouse.pause.")
class Pause:
    """When a cluster is paused, and when it is resumed. While it is paused, only its storage is
    paid ([cost.md](cost.md#pauses)).
    """

    pauses: str
    """`cron(minute hour day-of-month month day-of-week year)` in UTC."""
    resumes: str
    """`cron(…)` in UTC. A pipeline that uses the warehouse may start 30 minutes later."""

    def __post_init__(self) -> None:
        for name in ("pauses", "resumes"):
            expression = getattr(self, name)
            problem = problem_with(expression)
            require(
                problem is None and expression.startswith("cron"),
                f"warehouse.pause.{name}",
                expression,
                allowed="cron(minute hour day-of-month month day-of-week year)",
                remedy=problem or "a rate has no time of the day: write a cron expression",
            )


@settings("warehouse.")
class Warehouse:
    """One Redshift warehouse: a provisioned cluster, or a serverless workgroup.

    Fields of the other kind must be empty.
    """

    # Warehouse.existing(cluster=…): a warehouse that exists, of which nothing is changed.
    existing: ClassVar[type[ExistingWarehouse]] = ExistingWarehouse

    kind: WarehouseKind = "provisioned"
    """`provisioned`: a cluster, which is paid by the hour; `serverless`: a workgroup, which is paid
    while it runs queries.
    """
    node_type: str = ""
    """`ra3.large`, `ra3.xlplus`, `ra3.4xlarge` or `ra3.16xlarge`. Only provisioned."""
    nodes: int = 0
    """The number of nodes: 1 to 16, 1 to 32, 2 to 64 or 2 to 128, in the order of `node_type`. Only
    provisioned.
    """
    snapshot_retention_days: int = 0
    """1 to 35 days for which automatic snapshots are kept. Only provisioned; a workgroup keeps its
    recovery points for a day.
    """
    base_capacity: int = 0
    """8 to 512 Redshift Processing Units of 16 GB, in steps of 8. Only serverless."""
    namespace: str = ""
    """The name of the namespace and the workgroup, by default `redline-<environment>`. A workgroup
    that replaces a cluster needs another name than the cluster ([decision
    28](decisions/0028-a-cluster-becomes-serverless-where-its-data-may-be-deleted.md)). Only
    serverless.
    """
    pause: Pause | None = None
    """`Pause(…)`: the times at which the cluster is paused and resumed. Only provisioned."""
    machine_learning: bool = False
    """Redshift ML: a role for CREATE MODEL, a bucket for its training data, and the VPC endpoints
    of SageMaker ([redshift-ml.md](redshift-ml.md)).
    """

    def __post_init__(self) -> None:
        require_one_of(WAREHOUSE_KINDS, "warehouse.kind", self.kind)
        self._check_other_kinds()
        if self.kind == "serverless":
            self._check_capacity()
            self._check_namespace()
        else:
            self._check_nodes()

    def name_in(self, environment: str) -> str:
        """Return the name of the cluster, or of the workgroup and its namespace."""
        return self.namespace or f"redline-{environment}"

    def _check_other_kinds(self) -> None:
        for kind, names in WAREHOUSE_KINDS.items():
            for name in names if kind != self.kind else ():
                value = getattr(self, name)
                require(
                    not value,
                    f"warehouse.{name}",
                    value,
                    allowed=f"nothing in a {self.kind} warehouse",
                    remedy=f"leave it out, or set warehouse.kind={kind!r}",
                )

    def _check_capacity(self) -> None:
        require(
            self.base_capacity in BASE_CAPACITIES,
            "warehouse.base_capacity",
            self.base_capacity,
            allowed="8 to 512 RPUs in steps of 8",
            remedy="round it; 8 is the minimum and costs least",
        )

    def _check_namespace(self) -> None:
        require_match(
            r"([a-z0-9-]{3,64})?",
            "warehouse.namespace",
            self.namespace,
            allowed="3 to 64 lower-case letters, digits and hyphens, or nothing",
            remedy="correct warehouse.namespace",
        )

    def _check_nodes(self) -> None:
        require_one_of(tuple(NODE_TYPES), "warehouse.node_type", self.node_type)
        fewest, most = NODE_TYPES[self.node_type]
        require(
            fewest <= self.nodes <= most,
            "warehouse.nodes",
            self.nodes,
            allowed=f"{fewest} to {most} nodes of {self.node_type}",
            remedy="change warehouse.nodes or warehouse.node_type",
        )
        require_days("warehouse.snapshot_retention_days", self.snapshot_retention_days, 35)
