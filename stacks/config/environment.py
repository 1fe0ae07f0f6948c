"""One deployment of the whole app."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any

from stacks.alerts.settings import Budget
from stacks.common.settings_class import settings
from stacks.common.validation import require, require_distinct, require_match
from stacks.config.retention import Retention
from stacks.lake.settings import Lake
from stacks.network.database import Database
from stacks.network.existing_network import ExistingNetwork
from stacks.network.settings import Network, zone_id_prefix
from stacks.pipeline.settings import Pipeline
from stacks.studio.settings import Studio
from stacks.warehouse.existing_warehouse import ExistingWarehouse
from stacks.warehouse.settings import Warehouse

LONGEST_ENDPOINT = 47
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
LONGEST_RULE = 64
# Quotas of AWS Budgets: addresses of one notification.
BUDGET_EMAILS = 10
# The part in the names redline-<environment>-<part> of the stacks that an environment may have.
PARTS = ("alerts", "athena", "data", "network", "operations", "studio", "warehouse")
# Serverless with enhanced VPC routing (Management Guide, "Considerations when using Amazon Redshift
# Serverless").
SERVERLESS_ZONES = 3


@settings("")
class Environment:
    """One deployment of the whole app."""

    name: str
    """2 to 12 lower-case letters and digits; the second part of all names: `redline-<name>-…`."""
    region: str
    """An AWS region, such as `us-east-1`."""
    account: str | None = None
    """The twelve digits of the account, to which alone the app can then be deployed; by default the
    account of the caller. Required for a deployment where `retention.removal` is `retain`.
    """
    owner: str
    """The tag `Owner` of all resources."""
    cost_center: str
    """The tag `CostCenter` of all resources, for cost allocation."""
    network: Network | ExistingNetwork
    """`Network(…)` creates a VPC, `Network.existing(…)` uses one."""
    warehouse: Warehouse | ExistingWarehouse
    """`Warehouse(…)` creates a cluster or a workgroup, `Warehouse.existing(…)` uses one."""
    retention: Retention
    """For how long data and logs are kept, and what remains after a deletion."""
    lake: Lake = field(default_factory=Lake)
    """`Lake(…)` uses a bucket and a key that exist."""
    databases: tuple[Database, ...] = ()
    """Databases besides the warehouse that pipelines read: a tuple of `Database(…)`."""
    generated_data: bool = False
    """Whether the rows of the warehouse are dispensable: `load` then replaces them by generated
    rows, and does not ask. Only where `retention.removal` is `destroy`.
    """
    instance_types: tuple[str, ...] = ("ml.c5.*", "ml.m5.*", "ml.r5.*", "ml.t3.*")
    """The instance types that the start of a pipeline may choose in addition to those of its
    definition; `*` is any text.
    """
    alert_emails: tuple[str, ...] = ()
    """The addresses that receive alarms, failures and rejected models. Each confirms its
    subscription once.
    """
    budget: Budget | None = None
    """`Budget(…)`: e-mails to `alert_emails` when the monthly costs approach or exceed it."""
    studio: Studio | None = None
    """`Studio(…)`: a SageMaker Studio domain for notebooks."""
    pipelines: tuple[Pipeline, ...]
    """The pipelines of the environment: a tuple of `Pipeline(…)`."""

    def __post_init__(self) -> None:
        self._check_names()
        self._check_zones()
        self._check_emails()
        self._check_budget()
        self._check_instance_types()
        require_distinct("pipelines", tuple(pipeline.name for pipeline in self.pipelines))
        self._check_promotion()
        self._check_stacks()
        self._check_models()
        self._check_endpoints()
        self._check_schedules()
        self._check_generated_data()
        self._check_warehouse()
        self._check_databases()
        require(
            self.name != "prod" or self.retention.removal == "retain",
            "retention.removal",
            self.retention.removal,
            allowed="retain in prod",
            remedy="keep production data, or use another environment",
        )

    @property
    def lacks_account(self) -> bool:
        """Whether the environment can be synthesised, but not deployed: its account is missing."""
        return self.account is None and self.retention.removal == "retain"

    @property
    def warehouse_name(self) -> str | None:
        """The name of the Redshift cluster, or of the serverless workgroup and its namespace.

        None if the warehouse exists before the environment and belongs to others.
        """
        if isinstance(self.warehouse, ExistingWarehouse):
            return None
        return self.warehouse.name_in(self.name)

    def tags(self) -> dict[str, str]:
        """Return the tags of every resource."""
        return {
            **self.cost_allocation_tags(),
            "Owner": self.owner,
            "CostCenter": self.cost_center,
        }

    def cost_allocation_tags(self) -> dict[str, str]:
        """Return those of the tags that identify the environment's costs in an account."""
        return {"Project": "redline", "Environment": self.name}

    def _check_budget(self) -> None:
        require(
            self.budget is None or 1 <= len(self.alert_emails) <= BUDGET_EMAILS,
            "alert_emails",
            self.alert_emails,
            allowed=f"1 to {BUDGET_EMAILS} addresses with a budget, which receive its e-mails",
            remedy="change alert_emails, or remove the budget",
        )

    def _check_instance_types(self) -> None:
        for each in self.instance_types:
            require_match(
                r"ml\.[a-z0-9-]+\.[a-z0-9*]+",
                "instance_types",
                each,
                allowed="types such as ml.m5.large, or families such as ml.m5.*",
                remedy="correct instance_types",
            )

    def _check_stacks(self) -> None:
        """Check that no two stacks of the environment have the same name."""
        taken = {*PARTS, *(f"{each.name}-serving" for each in self.pipelines if each.serving)}
        for pipeline in self.pipelines:
            require(
                pipeline.name not in taken,
                "pipeline.name",
                pipeline.name,
                allowed=f"a name that no other stack has; taken are {', '.join(sorted(taken))}",
                remedy="choose another one",
            )

    def _check_endpoints(self) -> None:
        """Version and content hash extend an endpoint's name; SageMaker allows 63 characters."""
        for pipeline in self.pipelines:
            name = f"redline-{self.name}-{pipeline.name}"
            require(
                pipeline.serving is None or len(name) <= LONGEST_ENDPOINT,
                f"{pipeline.name}.serving (endpoint)",
                name,
                allowed=f"up to {LONGEST_ENDPOINT} characters",
                remedy="shorten the name of the environment or of the pipeline",
            )

    def _check_schedules(self) -> None:
        """The names of pipeline and schedule form the name of a rule."""
        for pipeline in self.pipelines:
            for schedule in pipeline.all_schedules:
                name = f"redline-{self.name}-{pipeline.name}-schedule-{schedule.name}"
                require(
                    not schedule.name or len(name) <= LONGEST_RULE,
                    f"{pipeline.name}.schedules (rule)",
                    name,
                    allowed=f"up to {LONGEST_RULE} characters",
                    remedy="shorten the name of the schedule",
                )

    def _check_databases(self) -> None:
        """Check that jobs have a route to each database, which has a name of its own."""
        require_distinct("databases", tuple(each.name for each in self.databases))
        for each in self.databases:
            require(
                not each.security_group_id or isinstance(self.network, ExistingNetwork),
                f"{each.name}.security_group_id",
                each.security_group_id,
                allowed="nothing where the app creates the VPC, as a rule refers to groups of its "
                "VPC",
                remedy="declare the addresses of the server, or use Network.existing with its VPC",
            )
            outside = [] if self.network.internet else each.outside(self.network.ranges)
            require(
                not outside,
                f"{each.name}.addresses",
                tuple(outside),
                allowed=f"ranges in the VPC ({', '.join(self.network.ranges)}), which has no route "
                "to other addresses",
                remedy="declare the addresses or the security group of a VPC endpoint by which "
                "the server is reached, or give the network a NAT gateway (nat_gateways=1, or "
                "internet=True of an existing network)",
            )

    def _check_names(self) -> None:
        rules: dict[str, tuple[str, str, Any]] = {
            "name": (r"[a-z][a-z0-9]{1,11}", "2 to 12 lower-case letters and digits", self.name),
            "region": (r"[a-z]{2}(-[a-z]+)+-\d", "an AWS region such as us-east-1", self.region),
            "account": (r"\d{12}", "twelve digits, or None", self.account or "0" * 12),
            "owner": (r"[\w .:/=+@-]{1,256}", "what AWS allows in a tag", self.owner),
            "cost_center": (r"[\w .:/=+@-]{1,256}", "what AWS allows in a tag", self.cost_center),
        }
        for name, (pattern, allowed, value) in rules.items():
            require_match(pattern, name, value, allowed=allowed, remedy=f"correct {name}")

    def _check_models(self) -> None:
        """Check that the environment contains the pipelines whose models other pipelines use."""
        sources = {each.name: each for each in self.pipelines if each.models_of is None}
        for pipeline in self.pipelines:
            source = sources.get(pipeline.models_of or "")
            require(
                pipeline.models_of is None
                or (source is not None and (source.enabled or not pipeline.enabled)),
                f"{pipeline.name}.models_of",
                pipeline.models_of,
                allowed=", ".join(name for name, each in sources.items() if each.enabled),
                remedy="name a pipeline of this environment that is on and registers models",
            )
            require(
                not (pipeline.retrains and source and source.receives_models),
                f"{pipeline.name}.retrains",
                True,
                allowed=f"False, because {pipeline.models_of} receives its models",
                remedy="let drift start a training in the environment that provides the models",
            )

    def _check_promotion(self) -> None:
        for pipeline in self.pipelines:
            source = pipeline.promotion and pipeline.promotion.receives_from
            require(
                source != self.name,
                f"{pipeline.name}.promotion.receives_from",
                source,
                allowed="the name of another environment",
                remedy="correct it, or leave it out in the environment that provides the models",
            )

    def _check_generated_data(self) -> None:
        require(
            not self.generated_data or self.retention.removal == "destroy",
            "generated_data",
            self.generated_data,
            allowed="False in an environment that retains its data",
            remedy="load real files, or set retention.removal='destroy'",
        )

    def _check_warehouse(self) -> None:
        """Check that an existing warehouse fits the environment."""
        if not isinstance(self.warehouse, ExistingWarehouse):
            return
        require(
            not self.warehouse.security_group_id or isinstance(self.network, ExistingNetwork),
            "warehouse.security_group_id",
            self.warehouse.security_group_id,
            allowed="nothing where the app creates the VPC, as a rule refers to groups of its VPC",
            remedy="leave it out, or use Network.existing with the VPC of the warehouse",
        )
        require(
            not self.generated_data,
            "generated_data",
            self.generated_data,
            allowed="False with an existing warehouse, whose rows belong to others",
            remedy="remove it",
        )

    def _check_zones(self) -> None:
        zone_id = f"{zone_id_prefix(self.region)}-az"
        for zone in self.network.availability_zones:
            require_match(
                rf"{re.escape(self.region)}[a-z]|{zone_id}\d",
                "network.availability_zones",
                zone,
                allowed=f"zones of {self.region}, such as {self.region}a or {zone_id}1",
                remedy="change the zone or the region",
            )
        require(
            isinstance(self.warehouse, ExistingWarehouse)
            or self.warehouse.kind != "serverless"
            or len(self.network.availability_zones) >= SERVERLESS_ZONES,
            "network.availability_zones",
            self.network.availability_zones,
            allowed="three zones with a serverless warehouse: each gets one of its subnets",
            remedy="name a third zone, or set warehouse.kind='provisioned'",
        )

    def _check_emails(self) -> None:
        for address in self.alert_emails:
            require_match(
                r"[^@\s]+@[^@\s]+\.[^@\s]+",
                "alert_emails",
                address,
                allowed="e-mail addresses",
                remedy="correct the address",
            )
        require_distinct("alert_emails", self.alert_emails)
