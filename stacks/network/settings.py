"""The network of an environment."""

from __future__ import annotations

import ipaddress
import re
from itertools import combinations
from typing import ClassVar

from stacks.common.settings_class import settings
from stacks.common.validation import require, require_distinct, require_match
from stacks.network.address_ranges import check_vpc_range, subnet_ranges
from stacks.network.existing_network import ExistingNetwork

# The sizes of the subnets are fixed, so that another zone or a NAT gateway does not change the
# existing subnets. The private subnet of each zone has a quarter of the VPC's addresses. Its public
# subnet has a quarter of the last quarter. The remaining addresses are reserved.
_PRIVATE_BITS, _PUBLIC_BITS = 2, 4
_FIRST_PUBLIC = 12


@settings("network.")
class Network:
    """One VPC: its addresses, its zones and its route to the internet.

    `cidr` is divided so that there are addresses for three zones and NAT gateways.
    """

    # Network.existing(vpc_id=…): a VPC that exists, of which nothing is changed.
    existing: ClassVar[type[ExistingNetwork]] = ExistingNetwork

    cidr: str
    """The addresses of the VPC, at least a /22. It must not overlap other environments."""
    availability_zones: tuple[str, ...]
    """Two or three zones, as names (`us-east-1a`), which differ between accounts, or IDs
    (`use1-az1`). Add another zone at the end. Each interface endpoint is paid per zone. A
    serverless warehouse needs three.
    """
    nat_gateways: int = 0
    """0 to one per zone. With 0 the jobs have no route to the internet. Each gateway is paid by the
    hour and by traffic.
    """
    private_cidrs: tuple[str, ...] = ()
    """The addresses of the subnets of jobs, one range for each zone; by default parts of `cidr`."""
    public_cidrs: tuple[str, ...] = ()
    """The addresses of the subnets of NAT gateways, one range for each zone; by default parts of
    `cidr`.
    """
    further_cidrs: tuple[str, ...] = ()
    """Ranges that are added to the VPC when `cidr` has no free addresses ([decision
    26](decisions/0026-networks-grow.md)).
    """
    s3_prefix_list: str = ""
    """The ID of S3's managed prefix list in a region that is not in
    `stacks/network/s3_prefix_lists.py`.
    """

    def __post_init__(self) -> None:
        check_vpc_range("network.cidr", self.cidr, 22)
        for each in self.further_cidrs:
            check_vpc_range("network.further_cidrs", each, 28)
        require_match(
            r"(pl-[0-9a-f]{8,17})?",
            "network.s3_prefix_list",
            self.s3_prefix_list,
            allowed="the ID of a prefix list such as pl-63a5400a, or nothing",
            remedy="correct network.s3_prefix_list",
        )
        self._check_zones()
        for name in ("private_cidrs", "public_cidrs"):
            given = getattr(self, name)
            require(
                len(given) in (0, len(self.availability_zones)),
                f"network.{name}",
                given,
                allowed=f"one range for each of {', '.join(self.availability_zones)}, or none",
                remedy="add the missing ranges",
            )
        self._check_subnets()

    @property
    def internet(self) -> bool:
        """Whether jobs can connect to addresses outside of the VPC."""
        return self.nat_gateways > 0

    @property
    def ranges(self) -> tuple[str, ...]:
        """The addresses of the VPC."""
        return (self.cidr, *self.further_cidrs)

    @property
    def private_ranges(self) -> tuple[str, ...]:
        """The addresses of the private subnets, in the order of the zones."""
        return self.private_cidrs or self._reserved(_PRIVATE_BITS, 0)

    @property
    def public_ranges(self) -> tuple[str, ...]:
        """The addresses of the public subnets in the order of the zones; none without gateways."""
        if not self.nat_gateways:
            return ()
        return self.public_cidrs or self._reserved(_PUBLIC_BITS, _FIRST_PUBLIC)

    @property
    def has_zone_ids(self) -> bool:
        """Whether the zones are IDs, which are equal in all accounts."""
        return "-az" in self.availability_zones[0]

    def _reserved(self, bits: int, first: int) -> tuple[str, ...]:
        parts = list(ipaddress.ip_network(self.cidr).subnets(prefixlen_diff=bits))
        return tuple(map(str, parts[first : first + len(self.availability_zones)]))

    def _check_zones(self) -> None:
        zones = self.availability_zones
        require(
            2 <= len(zones) <= 3,
            "network.availability_zones",
            zones,
            allowed="two or three zones",
            remedy="name them, for example us-east-1a and us-east-1b",
        )
        require_distinct("network.availability_zones", zones)
        require(
            len({"-az" in zone for zone in zones}) == 1,
            "network.availability_zones",
            zones,
            allowed="either names or IDs of zones",
            remedy="write all of them like us-east-1a, or all like use1-az1",
        )
        require(
            0 <= self.nat_gateways <= len(zones),
            "network.nat_gateways",
            self.nat_gateways,
            allowed=f"0 to {len(zones)}, one per zone at most",
            remedy="reduce it or add zones",
        )

    def _check_subnets(self) -> None:
        """Check that each subnet is in the VPC and overlaps with no other subnet."""
        ranges = [*subnet_ranges(self.private_ranges), *subnet_ranges(self.public_ranges)]
        vpc = list(subnet_ranges(self.ranges))
        lost = [each for each in ranges if not any(each.subnet_of(whole) for whole in vpc)]
        shared = [pair for pair in combinations(ranges, 2) if pair[0].overlaps(pair[1])]
        require(
            not lost and not shared,
            "network.private_cidrs, network.public_cidrs",
            tuple(map(str, ranges)),
            allowed="ranges within network.cidr and network.further_cidrs that do not overlap",
            remedy="use free ranges; if network.cidr has none, add one to network.further_cidrs",
        )


def zone_id_prefix(region: str) -> str:
    """Return the prefix of a region's zone IDs: use1 for us-east-1, apne2 for ap-northeast-2.

    https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
    """
    continent, *words, number = region.split("-")
    compass = re.findall("north|south|east|west|central|gov", "".join(words))
    return f"{continent}{''.join(word[0] for word in compass)}{number}"
