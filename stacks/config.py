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

APPROVAL_STATUSES = ("PendingManualApproval", "Approved", "Rejected")
REMOVALS = ("retain", "destroy")
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
    """One provisioned Redshift cluster."""

    node_type: str = "ra3.large"
    nodes: int = 1
    snapshot_retention_days: int

    def __post_init__(self) -> None:
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
class Pipeline:
    """One pipeline of `pipeline_code/<name>/` in one environment.

    `parameters` replace the defaults that its definition gives; `options` choose its structure
    (the keyword arguments of its `pipeline()`); `enabled=False` leaves its whole stack out.
    With `models_of` it uses the models that another pipeline registers, and registers none itself.
    """

    name: str
    schedule: Schedule
    enabled: bool = True
    models_of: str | None = None
    approval: ApprovalStatus = "PendingManualApproval"
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

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
        _require(
            self.name != "prod" or self.retention.removal == "retain",
            "retention.removal",
            self.retention.removal,
            allowed="retain in prod",
            remedy="keep production data, or use another environment",
        )

    @property
    def cluster_identifier(self) -> str:
        """The name of the Redshift cluster."""
        return f"redline-{self.name}"

    def tags(self) -> dict[str, str]:
        """The tags of every resource."""
        return {
            "Project": "redline",
            "Environment": self.name,
            "Owner": self.owner,
            "CostCenter": self.cost_center,
        }

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
