"""Creates a VPC that exists on AWS: its subnets, endpoints, routes and security groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_network
from itertools import islice
from typing import Any

import moto.ec2.models.security_groups
import moto.ec2.models.subnets
import moto.ec2.models.vpcs
from botocore.exceptions import ClientError

# Each subnet without a given range has a sixteenth of the addresses of its VPC.
_SUBNET_BITS = 4

Properties = Mapping[str, Any]


def _vpc(ec2: Any, identifier: str, properties: Properties) -> bool:
    if _exists(ec2.describe_vpcs, VpcIds=[identifier]):
        return False
    with next_id(moto.ec2.models.vpcs, "random_vpc_id", identifier):
        ec2.create_vpc(CidrBlock=properties["CidrBlock"])
    for name in ("EnableDnsHostnames", "EnableDnsSupport"):
        ec2.modify_vpc_attribute(VpcId=identifier, **{name: {"Value": properties[name]}})
    return True


def _subnet(ec2: Any, identifier: str, properties: Properties) -> bool:
    if _exists(ec2.describe_subnets, SubnetIds=[identifier]):
        return False
    with next_id(moto.ec2.models.subnets, "random_subnet_id", identifier):
        ec2.create_subnet(**{"CidrBlock": _free_range(ec2, properties["VpcId"]), **properties})
    return True


def _security_group(ec2: Any, identifier: str, properties: Properties) -> bool:
    """Create a group that allows everything inside the VPC."""
    if _exists(ec2.describe_security_groups, GroupIds=[identifier]):
        return False
    vpc = properties["VpcId"]
    with next_id(moto.ec2.models.security_groups, "random_security_group_id", identifier):
        ec2.create_security_group(GroupName=identifier, Description="existing", VpcId=vpc)
    block = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlock"]
    ec2.authorize_security_group_ingress(
        GroupId=identifier, IpProtocol="tcp", FromPort=0, ToPort=65535, CidrIp=block
    )
    return True


def _endpoint(ec2: Any, identifier: str, properties: Properties) -> bool:
    vpc, kind = properties["VpcId"], properties["VpcEndpointType"]
    wanted = [*_in_vpc(vpc), {"Name": "service-name", "Values": [identifier]}]
    if ec2.describe_vpc_endpoints(Filters=wanted)["VpcEndpoints"]:
        return False
    if kind == "Gateway":
        how: dict[str, Any] = {"RouteTableIds": [_main_table(ec2, vpc)]}
    else:
        how = {
            "SubnetIds": properties["SubnetIds"],
            "SecurityGroupIds": [_group_of_endpoints(ec2, vpc)],
            "PrivateDnsEnabled": True,
        }
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=identifier, VpcEndpointType=kind, **how)
    return True


def _route(ec2: Any, identifier: str, properties: Properties) -> bool:
    """Create the route of private subnets to the internet, with its gateways."""
    subnet = properties["SubnetIds"][0]
    vpc = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"]
    table = _main_table(ec2, vpc)
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    if identifier in [each.get("DestinationCidrBlock") for each in routes]:
        return False
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
    ec2.create_route(
        RouteTableId=table, DestinationCidrBlock=identifier, NatGatewayId=gateway["NatGatewayId"]
    )
    return True


CREATORS: Mapping[str, Callable[[Any, str, Properties], bool]] = {
    "AWS::EC2::Route": _route,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::VPCEndpoint": _endpoint,
}


@contextmanager
def next_id(module: Any, generator: str, identifier: str) -> Iterator[None]:
    """Let moto give `identifier` to the resource that the block creates."""
    original = getattr(module, generator)
    setattr(module, generator, lambda *_given, **_named: identifier)
    try:
        yield
    finally:
        setattr(module, generator, original)


def _exists(describe: Callable[..., Any], **identifiers: list[str]) -> bool:
    try:
        describe(**identifiers)
    except ClientError as error:
        if error.response["Error"]["Code"].endswith(".NotFound"):
            return False
        raise
    return True


def _free_range(ec2: Any, vpc: str) -> str:
    block = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlock"]
    taken = len(ec2.describe_subnets(Filters=_in_vpc(vpc))["Subnets"])
    parts = ip_network(block).subnets(prefixlen_diff=_SUBNET_BITS)
    return str(next(islice(parts, taken, None)))


def _main_table(ec2: Any, vpc: str) -> str:
    tables = ec2.describe_route_tables(
        Filters=[*_in_vpc(vpc), {"Name": "association.main", "Values": ["true"]}]
    )["RouteTables"]
    identifier: str = tables[0]["RouteTableId"]
    return identifier


def _group_of_endpoints(ec2: Any, vpc: str) -> str:
    """Return the security group that allows TLS from the VPC; create it for the first endpoint."""
    name = "existing-endpoints"
    wanted = [*_in_vpc(vpc), {"Name": "group-name", "Values": [name]}]
    found = ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]
    if found:
        identifier: str = found[0]["GroupId"]
        return identifier
    group: str = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
    block = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlock"]
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp=block
    )
    return group


def _in_vpc(vpc: str) -> list[dict[str, Any]]:
    return [{"Name": "vpc-id", "Values": [vpc]}]
