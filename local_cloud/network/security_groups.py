"""Evaluates the rules of security groups for TLS connections.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network
from typing import Any

_TLS = 443


def allows_between(
    ec2: Any, clients: Iterable[str], servers: Iterable[str], addresses: str
) -> bool:
    """Whether rules of both sides allow TLS from `clients` to `servers`, which have `addresses`."""
    here, there = tuple(clients), tuple(servers)
    out = _any_rule(ec2, here, "egress_rules", lambda rule: _fits(rule, there, addresses))
    return out and _any_rule(ec2, there, "ingress_rules", lambda rule: _fits(rule, here, addresses))


def allows_to_addresses(ec2: Any, groups: Iterable[str], addresses: str) -> bool:
    """Whether an egress rule allows TLS to these addresses (CIDR)."""
    return _any_rule(ec2, groups, "egress_rules", lambda rule: _covers(rule, addresses))


def allows_to_prefix_list(ec2: Any, groups: Iterable[str]) -> bool:
    """Whether an egress rule allows TLS to a managed prefix list, such as that of S3.

    The laptop cloud does not know the ids of AWS' lists, so the list is that of the service.
    """
    return _any_rule(ec2, groups, "egress_rules", lambda rule: rule.prefix_list_id is not None)


def _any_rule(ec2: Any, groups: Iterable[str], side: str, fits: Callable[[Any], bool]) -> bool:
    found = (ec2.get_security_group_from_id(name) for name in groups)
    rules = [rule for group in found if group is not None for rule in getattr(group, side)]
    return any(_is_tls(rule) and fits(rule) for rule in rules)


def _is_tls(rule: Any) -> bool:
    if rule.ip_protocol == "-1":
        return True
    return rule.ip_protocol == "tcp" and bool(rule.from_port <= _TLS <= rule.to_port)


def _fits(rule: Any, groups: tuple[str, ...], addresses: str) -> bool:
    """Whether the rule is for one of these groups or for the addresses."""
    return bool(rule.source_group.get("GroupId") in groups) or _covers(rule, addresses)


def _covers(rule: Any, addresses: str) -> bool:
    cidr = rule.ip_range.get("CidrIp")
    return cidr is not None and IPv4Network(addresses).subnet_of(IPv4Network(cidr, strict=False))
