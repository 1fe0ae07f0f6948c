"""What an environment decides, as validated values (standard library only)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from stacks.schedule_expression import problem_with

ParameterValue = str | int | float | bool
ApprovalStatus = Literal["PendingManualApproval", "Approved", "Rejected"]
Removal = Literal["retain", "destroy"]
WarehouseKind = Literal["provisioned", "serverless"]

APPROVAL_STATUSES = ("PendingManualApproval", "Approved", "Rejected")
REMOVALS = ("retain", "destroy")
LONGEST_ENDPOINT = 47
# CloudWatch Logs takes no other number of days (API PutRetentionPolicy).
LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)
# Node type -> the fewest and the most nodes of a provisioned cluster; one node is its own kind.
# Source: Amazon Redshift Management Guide, "RA3 node types".
NODE_TYPES: Mapping[str, tuple[int, int]] = {
    "ra3.large": (1, 16),
    "ra3.xlplus": (1, 32),
    "ra3.4xlarge": (2, 64),
    "ra3.16xlarge": (2, 128),
}
# Kind of warehouse -> the fields of `Warehouse` that are its own.
WAREHOUSE_KINDS: Mapping[str, tuple[str, ...]] = {
    "provisioned": ("node_type", "nodes", "snapshot_retention_days"),
    "serverless": ("base_capacity",),
}
# In Redshift Processing Units. 4, and more than 512, exist in some regions only (Amazon Redshift
# Management Guide, "Compute capacity for Amazon Redshift Serverless").
BASE_CAPACITIES = range(8, 513, 8)
# Serverless with enhanced VPC routing (Management Guide, "Considerations when using Amazon Redshift
# Serverless").
SERVERLESS_ZONES = 3


class ConfigurationError(ValueError):
    """A value that an environment must not have; the message says what to do about it."""


def refuse(name: str, value: object, *, allowed: str, remedy: str) -> ConfigurationError:
    """The error for `name` having `value`: what is allowed and what to do."""
    return ConfigurationError(f"{name} is {value!r}: allowed is {allowed}; {remedy}")


def _require(holds: bool, name: str, value: object, *, allowed: str, remedy: str) -> None:
    if not holds:
        raise refuse(name, value, allowed=allowed, remedy=remedy)


def _require_match(pattern: str, name: str, value: str, *, allowed: str, remedy: str) -> None:
    matches = isinstance(value, str) and re.fullmatch(pattern, value) is not None
    _require(matches, name, value, allowed=allowed, remedy=remedy)


def _require_one_of(allowed: Collection[str], name: str, value: str) -> None:
    choices = ", ".join(allowed)
    _require(value in allowed, name, value, allowed=choices, remedy="name one of them")


def _require_days(name: str, value: int, most: int) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    _require(
        whole and 1 <= value <= most,
        name,
        value,
        allowed=f"a whole number of days from 1 to {most}",
        remedy="give one in that range",
    )


def _require_between(name: str, value: int, least: int, most: int) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    _require(
        whole and least <= value <= most,
        name,
        value,
        allowed=f"a whole number from {least} to {most}",
        remedy="give one in that range",
    )


def _require_distinct(name: str, values: tuple[str, ...]) -> None:
    _require(
        len(set(values)) == len(values),
        name,
        values,
        allowed="each value once",
        remedy="remove the repetition",
    )


@dataclass(frozen=True, kw_only=True)
class Network:
    """One VPC: its addresses, its zones and its way out.

    With `nat_gateways` 0 the subnets of jobs have no way to the internet at all.
    """

    cidr: str
    availability_zones: tuple[str, ...]
    nat_gateways: int = 0

    def __post_init__(self) -> None:
        self._check_cidr()
        _require(
            2 <= len(self.availability_zones) <= 3,
            "network.availability_zones",
            self.availability_zones,
            allowed="two or three zones",
            remedy="name them, for example us-east-1a and us-east-1b",
        )
        _require_distinct("network.availability_zones", self.availability_zones)
        _require(
            0 <= self.nat_gateways <= len(self.availability_zones),
            "network.nat_gateways",
            self.nat_gateways,
            allowed=f"0 to {len(self.availability_zones)}, one per zone at most",
            remedy="lower it or add zones",
        )

    def _check_cidr(self) -> None:
        try:
            network = ipaddress.ip_network(self.cidr)
        except ValueError:
            network = None
        _require(
            network is not None
            and network.version == 4
            and network.is_private
            and 16 <= network.prefixlen <= 22,
            "network.cidr",
            self.cidr,
            allowed="a private IPv4 network with a mask of 16 to 22 bits",
            remedy="write it like 10.40.0.0/16, without host bits",
        )


@dataclass(frozen=True, kw_only=True)
class Warehouse:
    """One Redshift warehouse: a provisioned cluster, or a serverless workgroup.

    A cluster is told its nodes and how long snapshots are kept. A workgroup is told its base
    capacity in RPUs of 16 GB; the service keeps its recovery points for a day, and nothing else
    can be chosen. What belongs to the other kind is left out.
    """

    kind: WarehouseKind = "provisioned"
    node_type: str = ""
    nodes: int = 0
    snapshot_retention_days: int = 0
    base_capacity: int = 0

    def __post_init__(self) -> None:
        _require_one_of(WAREHOUSE_KINDS, "warehouse.kind", self.kind)
        self._check_other_kinds()
        if self.kind == "serverless":
            self._check_capacity()
        else:
            self._check_nodes()

    def _check_other_kinds(self) -> None:
        for kind, names in WAREHOUSE_KINDS.items():
            for name in names if kind != self.kind else ():
                value = getattr(self, name)
                _require(
                    not value,
                    f"warehouse.{name}",
                    value,
                    allowed=f"nothing in a {self.kind} warehouse",
                    remedy=f"leave it out, or set warehouse.kind={kind!r}",
                )

    def _check_capacity(self) -> None:
        _require(
            self.base_capacity in BASE_CAPACITIES,
            "warehouse.base_capacity",
            self.base_capacity,
            allowed="8 to 512 RPUs in steps of 8",
            remedy="round it; 8 is the smallest and bills least",
        )

    def _check_nodes(self) -> None:
        _require_one_of(tuple(NODE_TYPES), "warehouse.node_type", self.node_type)
        fewest, most = NODE_TYPES[self.node_type]
        _require(
            fewest <= self.nodes <= most,
            "warehouse.nodes",
            self.nodes,
            allowed=f"{fewest} to {most} nodes of {self.node_type}",
            remedy="change warehouse.nodes or warehouse.node_type",
        )
        _require_days("warehouse.snapshot_retention_days", self.snapshot_retention_days, 35)


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long things are kept, in days, and what a destroyed stack leaves behind."""

    removal: Removal
    unload_days: int = 7
    run_days: int
    noncurrent_days: int = 30
    log_days: int

    def __post_init__(self) -> None:
        _require_one_of(REMOVALS, "retention.removal", self.removal)
        for name in ("unload_days", "run_days", "noncurrent_days"):
            _require_days(f"retention.{name}", getattr(self, name), 3650)
        _require(
            self.log_days in LOG_DAYS,
            "retention.log_days",
            self.log_days,
            allowed=f"one of {', '.join(map(str, LOG_DAYS))}",
            remedy="take the nearest one",
        )


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When EventBridge starts a pipeline (UTC), and the parameters it starts it with."""

    expression: str
    enabled: bool = True
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problem = problem_with(self.expression)
        _require(
            problem is None,
            "schedule.expression",
            self.expression,
            allowed="cron(minute hour day-of-month month day-of-week year) or rate(value unit)",
            remedy=f"{problem}",
        )


@dataclass(frozen=True, kw_only=True)
class Serving:
    """The endpoint of a pipeline's approved models.

    It scales between `min_instances` and `max_instances` so that each answers
    `invocations_per_instance` a minute. An update gives its new instances `canary_percent` of the
    traffic first (0: all of it), watches for `bake_seconds`, and does so again with all of it.
    """

    instance_type: str = "ml.m5.large"
    min_instances: int = 1
    initial_instances: int = 1
    max_instances: int = 1
    invocations_per_instance: int = 600
    canary_percent: int = 0
    bake_seconds: int = 300
    capture_percent: int = 100
    max_error_percent: int = 5
    max_latency_milliseconds: int = 1000

    def __post_init__(self) -> None:
        _require_match(
            r"ml\.[a-z0-9-]+\.[a-z0-9]+",
            "serving.instance_type",
            self.instance_type,
            allowed="an instance type of SageMaker",
            remedy="write it like ml.m5.large",
        )
        self._check_numbers()
        _require(
            self.min_instances <= self.initial_instances <= self.max_instances,
            "serving.initial_instances",
            self.initial_instances,
            allowed=f"{self.min_instances} to {self.max_instances} (min_instances, max_instances)",
            remedy="change one of the three",
        )
        # SageMaker shifts whole instances, and at most half of them as a canary.
        _require(
            self.canary_percent == 0 or self.canary_percent * self.min_instances >= 100,
            "serving.canary_percent",
            self.canary_percent,
            allowed=f"0, or at least one of {self.min_instances} instances",
            remedy="raise it or serving.min_instances: a canary takes two instances and more",
        )

    def _check_numbers(self) -> None:
        limits = {
            "min_instances": (1, 100),
            "max_instances": (1, 100),
            "invocations_per_instance": (1, 1_000_000),
            "canary_percent": (0, 50),
            "bake_seconds": (0, 3600),
            "capture_percent": (0, 100),
            "max_error_percent": (1, 100),
            "max_latency_milliseconds": (1, 60_000),
        }
        for name, (least, most) in limits.items():
            _require_between(f"serving.{name}", getattr(self, name), least, most)


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """One pipeline of `pipeline_code/<name>/` in one environment.

    `parameters` replace the defaults that its definition gives; `options` choose its structure
    (the keyword arguments of its `pipeline()`); `enabled=False` leaves its whole stack out.
    With `models_of` it uses the models that another pipeline registers, and registers none itself.
    With `retrains` the drift that it finds in the inputs of these models starts that pipeline.
    With `serving` the models it registers are served, once approved.
    """

    name: str
    schedule: Schedule
    enabled: bool = True
    models_of: str | None = None
    retrains: bool = False
    approval: ApprovalStatus = "PendingManualApproval"
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    serving: Serving | None = None

    def __post_init__(self) -> None:
        _require_match(
            r"(?=.{2,30}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
            "pipeline.name",
            self.name,
            allowed="2 to 30 lower-case letters, digits and single hyphens, a letter first",
            remedy="name it like its folder in pipeline_code/, with - for _",
        )
        _require_one_of(APPROVAL_STATUSES, f"{self.name}.approval", self.approval)
        _require(
            "ModelApprovalStatus" not in self.parameters,
            f"{self.name}.parameters",
            "ModelApprovalStatus",
            allowed="any parameter but this one",
            remedy=f"set {self.name}.approval instead",
        )
        _require(
            self.enabled or not self.schedule.enabled,
            f"{self.name}.schedule.enabled",
            True,
            allowed="False while the pipeline itself is off",
            remedy=f"switch the schedule off too, or set {self.name}.enabled=True",
        )
        _require(
            not self.retrains or self.models_of is not None,
            f"{self.name}.retrains",
            True,
            allowed="False without models_of",
            remedy="name in models_of the pipeline that is to train again",
        )
        _require(
            self.serving is None or self.models_of is None,
            f"{self.name}.serving",
            self.serving,
            allowed="None where the models are another pipeline's",
            remedy=f"set it at {self.models_of}",
        )


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One deployment of the whole app.

    `account` None deploys to the account of whoever deploys; twelve digits refuse any other.
    """

    name: str
    region: str
    account: str | None = None
    owner: str
    cost_center: str
    network: Network
    warehouse: Warehouse
    retention: Retention
    alert_emails: tuple[str, ...] = ()
    pipelines: tuple[Pipeline, ...]

    def __post_init__(self) -> None:
        self._check_names()
        self._check_zones()
        self._check_emails()
        _require_distinct("pipelines", tuple(pipeline.name for pipeline in self.pipelines))
        self._check_models()
        self._check_endpoints()
        _require(
            self.name != "prod" or self.retention.removal == "retain",
            "retention.removal",
            self.retention.removal,
            allowed="retain in prod",
            remedy="keep production data, or use another environment",
        )

    @property
    def warehouse_name(self) -> str:
        """The name of the Redshift cluster, or of the serverless workgroup and its namespace."""
        return f"redline-{self.name}"

    def tags(self) -> dict[str, str]:
        """The tags of every resource."""
        return {
            "Project": "redline",
            "Environment": self.name,
            "Owner": self.owner,
            "CostCenter": self.cost_center,
        }

    def _check_endpoints(self) -> None:
        """Versions and contents are appended to an endpoint's name, of which SageMaker takes 63."""
        for pipeline in self.pipelines:
            name = f"redline-{self.name}-{pipeline.name}"
            _require(
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
            _require_match(pattern, name, value, allowed=allowed, remedy=f"correct {name}")

    def _check_models(self) -> None:
        """Whoever uses another pipeline's models needs that one to be there."""
        sources = {each.name: each for each in self.pipelines if each.models_of is None}
        for pipeline in self.pipelines:
            source = sources.get(pipeline.models_of or "")
            _require(
                pipeline.models_of is None
                or (source is not None and (source.enabled or not pipeline.enabled)),
                f"{pipeline.name}.models_of",
                pipeline.models_of,
                allowed=", ".join(name for name, each in sources.items() if each.enabled),
                remedy="name a pipeline of this environment that is on and registers models",
            )

    def _check_zones(self) -> None:
        for zone in self.network.availability_zones:
            _require_match(
                re.escape(self.region) + "[a-z]",
                "network.availability_zones",
                zone,
                allowed=f"zones of {self.region}, such as {self.region}a",
                remedy="change the zone or the region",
            )
        _require(
            self.warehouse.kind != "serverless"
            or len(self.network.availability_zones) >= SERVERLESS_ZONES,
            "network.availability_zones",
            self.network.availability_zones,
            allowed="three zones with a serverless warehouse: each gets one of its subnets",
            remedy="name a third zone, or set warehouse.kind='provisioned'",
        )

    def _check_emails(self) -> None:
        for address in self.alert_emails:
            _require_match(
                r"[^@\s]+@[^@\s]+\.[^@\s]+",
                "alert_emails",
                address,
                allowed="e-mail addresses",
                remedy="correct the address",
            )
        _require_distinct("alert_emails", self.alert_emails)
