"""The connections that security groups allow."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any


def admits(group: Mapping[str, Any], cidr: str, port: int) -> bool:
    """Return whether a security group allows TCP to a port from all addresses of `cidr`."""
    return any(
        IPv4Network(cidr).subnet_of(IPv4Network(each["CidrIp"]))
        for rule in group["IpPermissions"]
        if rule["IpProtocol"] == "-1"
        or (rule["IpProtocol"] == "tcp" and rule["FromPort"] <= port <= rule["ToPort"])
        for each in rule["IpRanges"]
    )


def admitting(group: str, cidr: str, port: int) -> str:
    """Return the command that allows these connections."""
    return (
        f"aws ec2 authorize-security-group-ingress --group-id {group} --protocol tcp "
        f"--port {port} --cidr {cidr}"
    )
