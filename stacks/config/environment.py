"""One deployment of the whole app."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from stacks.common.validation import require, require_distinct, require_match, require_type
from stacks.config.retention import Retention
from stacks.network.existing_network import ExistingNetwork
from stacks.network.settings import Network, zone_id_prefix
from stacks.pipeline.settings import Pipeline
from stacks.warehouse.existing_warehouse import ExistingWarehouse
from stacks.warehouse.settings import Warehouse

LONGEST_ENDPOINT = 47
# The part in the names redline-<environment>-<part> of the stacks that every environment has.
PARTS = ("alerts", "data", "network", "warehouse")
# Serverless with enhanced VPC routing (Management Guide, "Considerations when using Amazon Redshift
# Serverless").
SERVERLESS_ZONES = 3


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One deployment of the whole app.

    With `account` None, the app is deployed to the account of the caller. With twelve digits, a
    deployment to any other account fails. An environment that retains data must have an account
    when it is deployed. With `generated_data` the rows of its warehouse are dispensable: `load` may
    replace them by generated rows, and does not ask. A start of a pipeline may choose
    `instance_types` (`*` is any text) in addition to those of its definition; the default are the
    families of CPU instances without local storage.
    """

    name: str
    region: str
    account: str | None = None
    owner: str
    cost_center: str
    network: Network | ExistingNetwork
    warehouse: Warehouse | ExistingWarehouse
    retention: Retention
    generated_data: bool = False
    instance_types: tuple[str, ...] = ("ml.c5.*", "ml.m5.*", "ml.r5.*", "ml.t3.*")
    alert_emails: tuple[str, ...] = ()
    pipelines: tuple[Pipeline, ...]

    def __post_init__(self) -> None:
        self._check_types()
        self._check_names()
        self._check_zones()
        self._check_emails()
        self._check_instance_types()
        require_distinct("pipelines", tuple(pipeline.name for pipeline in self.pipelines))
        self._check_stacks()
        self._check_models()
        self._check_endpoints()
        self._check_generated_data()
        self._check_warehouse()
        require(
            self.name != "prod" or self.retention.removal == "retain",
            "retention.removal",
            self.retention.removal,
            allowed="retain in prod",
            remedy="keep production data, or use another environment",
        )

    def _check_types(self) -> None:
        example = "a tuple of Pipeline(…): (Pipeline(…),) with a comma, even for a single one"
        require_type("pipelines", self.pipelines, tuple, example=example)
        for pipeline in self.pipelines:
            require_type("pipelines", pipeline, Pipeline, example=example)
        networks = (Network, ExistingNetwork)
        require_type("network", self.network, networks, example="Network(…)")
        warehouses = (Warehouse, ExistingWarehouse)
        require_type("warehouse", self.warehouse, warehouses, example="Warehouse(…)")
        require_type("retention", self.retention, Retention, example="Retention(…)")

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
            "Project": "redline",
            "Environment": self.name,
            "Owner": self.owner,
            "CostCenter": self.cost_center,
        }

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

    def _check_generated_data(self) -> None:
        require(
            isinstance(self.generated_data, bool),
            "generated_data",
            self.generated_data,
            allowed="True or False",
            remedy="name one of them",
        )
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
