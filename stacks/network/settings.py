"""The network of an environment."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from stacks.common.validation import require, require_distinct


@dataclass(frozen=True, kw_only=True)
class Network:
    """One VPC: its addresses, its zones and its route to the internet.

    With `nat_gateways` 0 the subnets of jobs have no route to the internet.
    """

    cidr: str
    availability_zones: tuple[str, ...]
    nat_gateways: int = 0

    def __post_init__(self) -> None:
        self._check_cidr()
        require(
            2 <= len(self.availability_zones) <= 3,
            "network.availability_zones",
            self.availability_zones,
            allowed="two or three zones",
            remedy="name them, for example us-east-1a and us-east-1b",
        )
        require_distinct("network.availability_zones", self.availability_zones)
        require(
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
        require(
            network is not None
            and network.version == 4
            and network.is_private
            and 16 <= network.prefixlen <= 22,
            "network.cidr",
            self.cidr,
            allowed="a private IPv4 network with a mask of 16 to 22 bits",
            remedy="write it like 10.40.0.0/16, without host bits",
        )
