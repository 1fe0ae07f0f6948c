"""A VPC that exists before the environment."""

from __future__ import annotations

from collections.abc import Collection

from stacks.common.settings_class import settings
from stacks.common.validation import require, require_distinct, require_match
from stacks.network.address_ranges import check_vpc_range
from stacks.network.endpoint_services import ENDPOINT_SERVICES

FEWEST_SUBNETS = 2  # of jobs; Redshift Serverless needs three


@settings("network.")
class ExistingNetwork:
    """A VPC, and the subnets in it for jobs and the warehouse.

    The app creates security groups in the VPC and changes nothing else. Synthesis makes no lookups:
    `make preflight` checks that the VPC has what the environment states, and a route to S3.
    """

    vpc_id: str
    """The ID of the VPC."""
    cidr: str
    """The addresses of the VPC."""
    availability_zones: tuple[str, ...]
    """The zones of `private_subnet_ids`, in the same order."""
    private_subnet_ids: tuple[str, ...]
    """Two or more subnets in different zones, for jobs and the warehouse; three for a serverless
    warehouse.
    """
    endpoints: tuple[str, ...] = ()
    """The services whose interface endpoints the VPC has, by the prefix of their IAM actions, such
    as `redshift-data`. Their security groups must allow TLS from the subnets.
    """
    creates_endpoints: bool = False
    """Whether the app creates the endpoints that are missing. They have private DNS names, so all
    workloads of the VPC use them, and they allow only resources of this account. Each is paid by
    the hour and zone.
    """
    internet: bool = False
    """Whether the subnets have a route to the internet. Then no endpoint is necessary."""
    s3_prefix_list: str = ""
    """The ID of S3's managed prefix list in a region that is not in
    `stacks/network/s3_prefix_lists.py`.
    """

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

    @property
    def ranges(self) -> tuple[str, ...]:
        """The addresses of the VPC."""
        return (self.cidr,)

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
