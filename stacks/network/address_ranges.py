"""Address ranges of a VPC and its subnets."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from stacks.common.validation import require


def subnet_ranges(ranges: Iterable[str]) -> Iterable[ipaddress.IPv4Network]:
    """Return the ranges of subnets, checked."""
    for each in ranges:
        network = _ipv4(each)
        require(
            network is not None and 16 <= network.prefixlen <= 28,
            "network.private_cidrs, network.public_cidrs",
            each,
            allowed="IPv4 networks with a mask of 16 to 28 bits",
            remedy="write them like 10.40.0.0/18, without host bits",
        )
        if network is not None:
            yield network


def check_vpc_range(name: str, value: str, longest: int) -> None:
    """Check that a range is private and has a mask of 16 to `longest` bits."""
    network = _ipv4(value)
    require(
        network is not None and network.is_private and 16 <= network.prefixlen <= longest,
        name,
        value,
        allowed=f"a private IPv4 network with a mask of 16 to {longest} bits",
        remedy="write it like 10.40.0.0/16, without host bits",
    )


def _ipv4(value: str) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(value)
    except ValueError:
        return None
