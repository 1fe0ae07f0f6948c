"""An existing VPC must have the addresses and the subnets that the environment states.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html (private
DNS names of endpoints need both DNS attributes of the VPC).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from operations.assembly import Resource
from operations.preflight.check import Account, Check, Result
from operations.preflight.network import described

_SETTINGS = "stacks/environments.py"
# Each instance of a job and each node of the warehouse uses an address.
_FEW_ADDRESSES = 16
Found = dict[str, Any]


def _run(account: Account) -> Iterator[Result]:
    for vpc in account.needs.existing("AWS::EC2::VPC"):
        name = vpc.logical_id
        found = described(account, "describe_vpcs", "Vpcs", "vpc-id", [name])
        if not found:
            remedy = f"correct network.vpc_id in {_SETTINGS}, or the credentials of the shell"
            yield name, "fails", "the region of the account has no such VPC", remedy
            continue
        yield _vpc(account, vpc, found[0])
        wanted = {each.logical_id: each for each in account.needs.existing("AWS::EC2::Subnet")}
        ids = list(wanted)
        subnets = described(account, "describe_subnets", "Subnets", "subnet-id", ids)
        by_id = {each["SubnetId"]: each for each in subnets}
        yield from (_subnet(each, by_id.get(name)) for name, each in wanted.items())


def _vpc(account: Account, vpc: Resource, found: Found) -> Result:
    name = vpc.logical_id
    ranges = [each["CidrBlock"] for each in found["CidrBlockAssociationSet"]]
    if vpc.properties["CidrBlock"] not in ranges:
        remedy = f"correct network.cidr in {_SETTINGS}"
        return name, "fails", f"its ranges are {', '.join(ranges)}", remedy
    for attribute, option in (
        ("enableDnsSupport", "enable-dns-support"),
        ("enableDnsHostnames", "enable-dns-hostnames"),
    ):
        answer = account.aws.clients("ec2").describe_vpc_attribute(VpcId=name, Attribute=attribute)
        if not answer[attribute[0].upper() + attribute[1:]]["Value"]:
            remedy = f"aws ec2 modify-vpc-attribute --vpc-id {name} --{option}"
            return name, "fails", f"{attribute} is off, so endpoints have no names", remedy
    return name, "ok", f"{', '.join(ranges)}, with DNS", ""


def _subnet(wanted: Resource, found: Found | None) -> Result:
    name, vpc = wanted.logical_id, wanted.properties["VpcId"]
    if found is None or found["VpcId"] != vpc:
        remedy = f"correct network.private_subnet_ids in {_SETTINGS}"
        return name, "fails", f"{vpc} has no such subnet", remedy
    zones = (found["AvailabilityZone"], found["AvailabilityZoneId"])
    stated = wanted.properties.get("AvailabilityZone") or wanted.properties["AvailabilityZoneId"]
    if stated not in zones:
        remedy = f"correct network.availability_zones in {_SETTINGS}"
        return name, "fails", f"it is in {zones[0]} ({zones[1]}), not in {stated}", remedy
    free = found["AvailableIpAddressCount"]
    if free < _FEW_ADDRESSES:
        remedy = "use a larger subnet: each instance of a job needs an address"
        return name, "fails", f"{free} free addresses", remedy
    return name, "ok", f"{zones[0]}, {free:,} free addresses", ""


CHECK = Check("existing network", _run)
