"""A VPC that exists before the environment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from stacks.common.validation import require, require_distinct, require_match
from stacks.network.address_ranges import check_vpc_range
from stacks.network.endpoint_services import ENDPOINT_SERVICES

FEWEST_SUBNETS = 2  # of jobs; Redshift Serverless needs three


@dataclass(frozen=True, kw_only=True)
class ExistingNetwork:
    """A VPC, and the subnets in it for jobs and the warehouse.

    The app creates security groups in the VPC and changes nothing else. `availability_zones` are
    the zones of `private_subnet_ids`, in the same order. Synthesis makes no lookups: `make
    preflight` checks that the VPC has what the environment states, and a route to S3.

    `endpoints` are the services whose interface endpoints the VPC has, by the prefix of their IAM
    actions. Their security groups must allow TLS from the subnets. With `creates_endpoints` the app
    creates the endpoints that are missing. They have private DNS names, so all workloads of the VPC
    use them, and they allow only resources of this account. With `internet` the subnets have a
    route to the internet, and no endpoint is necessary.
    """

    vpc_id: str
    cidr: str
    availability_zones: tuple[str, ...]
    private_subnet_ids: tuple[str, ...]
    endpoints: tuple[str, ...] = ()
    creates_endpoints: bool = False
    internet: bool = False
    s3_prefix_list: str = ""

    def __post_init__(self) -> None:
        _check_id("network.vpc_id", "vpc", self.vpc_id)
        check_vpc_range("network.cidr", self.cidr, 28)
        for subnet in self.private_subnet_ids:
            _check_id("network.private_subnet_ids", "subnet", subnet)
        require_distinct("network.private_subnet_ids", self.private_subnet_ids)
        require(
            len(self.private_subnet_ids) >= FEWEST_SUBNETS,
            "network.private_subnet_ids",
            self.private_subnet_ids,
            allowed="two or more subnets in different zones",
            remedy="add another private subnet of the VPC",
        )
        require_distinct("network.availability_zones", self.availability_zones)
        require(
            len(self.availability_zones) == len(self.private_subnet_ids),
            "network.availability_zones",
            self.availability_zones,
            allowed=f"the zone of each of {', '.join(self.private_subnet_ids)}",
            remedy="write the zones in the order of private_subnet_ids",
        )
        for service in self.endpoints:
            require(
                service in ENDPOINT_SERVICES,
                "network.endpoints",
                service,
                allowed=", ".join(ENDPOINT_SERVICES),
                remedy="name only endpoints that jobs use",
            )
        require(
            not (self.creates_endpoints and self.internet),
            "network.creates_endpoints",
            self.creates_endpoints,
            allowed="False with internet=True: jobs call AWS by the internet route",
            remedy="remove one of them",
        )

    def missing_endpoints(self, services: Collection[str]) -> frozenset[str]:
        """Return the services for which the app creates an endpoint.

        Raises:
            ConfigurationError: jobs cannot connect to a service.
        """
        missing = frozenset() if self.internet else frozenset(services) - set(self.endpoints)
        require(
            self.creates_endpoints or not missing,
            "network.endpoints",
            self.endpoints,
            allowed=f"a list that contains {', '.join(sorted(missing))}, which the jobs call",
            remedy="add the endpoints that the VPC has to network.endpoints; for the others set "
            "network.creates_endpoints=True",
        )
        return missing


def _check_id(name: str, kind: str, value: str) -> None:
    require_match(
        rf"{kind}-([0-9a-f]{{8}}|[0-9a-f]{{17}})",
        name,
        value,
        allowed=f"{kind}- with 8 or 17 hexadecimal digits",
        remedy=f"copy the ID of the {kind} from the VPC console",
    )
