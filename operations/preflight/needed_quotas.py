"""Quotas that a deployment and a blue/green update of every endpoint need, from the templates.

Names of quotas: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html and
https://docs.aws.amazon.com/general/latest/gr/sagemaker.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from operations.preflight.check import Account
from operations.preflight.definitions import definitions, endpoints

# A blue/green update creates a second fleet with as many instances as the first fleet.
_FLEETS = 2


@dataclass(frozen=True)
class Need:
    """The name of a quota in Service Quotas, and the number of resources that it must allow.

    `used` is the number of other existing resources that also count; `user` needs the resources.
    """

    service: str
    quota: str
    number: int
    used: int
    user: str


def needed_quotas(account: Account) -> Iterator[Need]:
    """Yield the quotas of the network, then those of SageMaker's instances."""
    yield from _network(account)
    yield from _endpoints(account)
    yield from _jobs(account)


def _network(account: Account) -> Iterator[Need]:
    needs = account.needs
    kinds = Counter(
        each.properties.get("VpcEndpointType", "Gateway")
        for each in needs.resources("AWS::EC2::VPCEndpoint")
    )
    yield Need("vpc", "Interface VPC endpoints per VPC", kinds["Interface"], 0, "the network")
    others = {name: _of_others(account, *listed) for name, listed in _LISTED.items()}
    gateways = [each for each in others["endpoints"] if each["VpcEndpointType"] == "Gateway"]
    counted = (
        ("vpc", "VPCs per Region", "AWS::EC2::VPC", len(others["vpcs"])),
        ("ec2", "EC2-VPC Elastic IPs", "AWS::EC2::EIP", len(others["addresses"])),
    )
    yield Need(
        "vpc",
        "Gateway VPC endpoints per Region",
        kinds["Gateway"],
        len(gateways),
        "the network",
    )
    for service, quota, kind, used in counted:
        number = len(list(needs.resources(kind)))
        if number:
            yield Need(service, quota, number, used, "the network")


# List operation, and the member of its response.
_LISTED = {
    "vpcs": ("describe_vpcs", "Vpcs"),
    "addresses": ("describe_addresses", "Addresses"),
    "endpoints": ("describe_vpc_endpoints", "VpcEndpoints"),
}


def _of_others(account: Account, operation: str, member: str) -> list[dict[str, Any]]:
    """Return the resources that do not belong to this environment."""
    found = getattr(account.aws.clients("ec2"), operation)()[member]
    own = {("Project", "redline"), ("Environment", account.aws.name)}
    return [
        each
        for each in found
        if not own <= {(tag["Key"], tag["Value"]) for tag in each.get("Tags", [])}
    ]


def _endpoints(account: Account) -> Iterator[Need]:
    by_type: dict[str, list[str]] = {}
    number: Counter[str] = Counter()
    for endpoint in endpoints(account.needs):
        by_type.setdefault(endpoint.type, []).append(endpoint.endpoint)
        number[endpoint.type] += _FLEETS * endpoint.most
    for instance_type, names in by_type.items():
        user = f"blue/green updates of {', '.join(names)}"
        yield Need(
            "sagemaker", f"{instance_type} for endpoint usage", number[instance_type], 0, user
        )


def _jobs(account: Account) -> Iterator[Need]:
    """Yield the largest job of each type. Jobs that exceed a quota together are retried."""
    largest: dict[str, Need] = {}
    for definition in definitions(account.needs):
        for each in definition.instances():
            quota = f"{each.type} for {each.usage} usage"
            known = largest.get(quota)
            if known is None or each.count > known.number:
                largest[quota] = Need("sagemaker", quota, each.count, 0, each.user)
    yield from largest.values()
