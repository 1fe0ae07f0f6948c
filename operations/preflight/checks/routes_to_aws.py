"""An existing VPC must have the routes and endpoints by which jobs call AWS.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/process-vpc.html (jobs in a VPC need a
route to S3), https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html (the
security group of an endpoint must allow TLS from its clients).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from operations.assembly import Resource
from operations.preflight.check import Account, Check, Result
from operations.preflight.network import described
from operations.preflight.security_groups import admits, admitting

_SETTINGS = "stacks/environments.py"
_TLS = 443
_ANYWHERE = "0.0.0.0/0"
Found = dict[str, Any]


def _run(account: Account) -> Iterator[Result]:
    for vpc in account.needs.existing("AWS::EC2::VPC"):
        ids = [each.logical_id for each in account.needs.existing("AWS::EC2::Subnet")]
        subnets = described(account, "describe_subnets", "Subnets", "subnet-id", ids)
        yield from _ways_to_aws(account, vpc.logical_id, subnets)


def _ways_to_aws(account: Account, vpc: str, subnets: list[Found]) -> Iterator[Result]:
    endpoints = described(account, "describe_vpc_endpoints", "VpcEndpoints", "vpc-id", [vpc])
    by_service = {(each["ServiceName"], each["VpcEndpointType"]): each for each in endpoints}
    tables = described(account, "describe_route_tables", "RouteTables", "vpc-id", [vpc])
    used = {each["SubnetId"]: _table(each["SubnetId"], tables) for each in subnets}
    for wanted in account.needs.existing("AWS::EC2::VPCEndpoint"):
        kind = wanted.properties["VpcEndpointType"]
        found = by_service.get((wanted.logical_id, kind))
        if found is None or found["State"].lower() != "available":
            yield _missing(wanted, list(used.values()))
        elif kind == "Gateway":
            yield _gateway(wanted, found, used)
        else:
            yield _interface(account, wanted, found, subnets)
    if account.needs.existing("AWS::EC2::Route"):
        yield from (_route(subnet, table) for subnet, table in used.items())


def _missing(wanted: Resource, tables: Iterable[Found]) -> Result:
    properties = wanted.properties
    command = (
        f"aws ec2 create-vpc-endpoint --vpc-id {properties['VpcId']} "
        f"--service-name {wanted.logical_id}"
    )
    if properties["VpcEndpointType"] == "Gateway":
        ids = dict.fromkeys(each["RouteTableId"] for each in tables)
        remedy = f"{command} --vpc-endpoint-type Gateway --route-table-ids {' '.join(ids)}"
    else:
        remedy = f"remove it from network.endpoints in {_SETTINGS}, and set creates_endpoints=True"
    return wanted.logical_id, "fails", "the VPC has no such endpoint", remedy


def _gateway(wanted: Resource, found: Found, used: dict[str, Found]) -> Result:
    name = wanted.logical_id
    lost = {table["RouteTableId"] for table in used.values()} - set(found["RouteTableIds"])
    if lost:
        endpoint, tables = found["VpcEndpointId"], " ".join(sorted(lost))
        change = f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint}"
        remedy = f"{change} --add-route-table-ids {tables}"
        return name, "fails", f"no route in {tables}", remedy
    return name, "ok", f"{found['VpcEndpointId']} in the route tables of the subnets", ""


def _interface(account: Account, wanted: Resource, found: Found, subnets: list[Found]) -> Result:
    name, endpoint = wanted.logical_id, found["VpcEndpointId"]
    if not found["PrivateDnsEnabled"]:
        remedy = f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint} --private-dns-enabled"
        return name, "fails", f"{endpoint} has no private DNS name", remedy
    ids = [each["GroupId"] for each in found["Groups"]]
    groups = described(account, "describe_security_groups", "SecurityGroups", "group-id", ids)
    for subnet in subnets:
        if not any(admits(group, subnet["CidrBlock"], _TLS) for group in groups):
            remedy = admitting(ids[0], subnet["CidrBlock"], _TLS)
            found_ = f"its security groups do not allow TLS from {subnet['SubnetId']}"
            return name, "fails", found_, remedy
    return name, "ok", f"{endpoint}, with private DNS", ""


def _route(subnet: str, table: Found) -> Result:
    routes = [each for each in table["Routes"] if each.get("DestinationCidrBlock") == _ANYWHERE]
    if not routes or routes[0]["State"] != "active" or "GatewayId" in routes[0]:
        remedy = f"add a route to a NAT gateway, or set network.internet=False in {_SETTINGS}"
        found = f"{table['RouteTableId']} has no route to a NAT gateway for {_ANYWHERE}"
        return subnet, "fails", found, remedy
    return subnet, "ok", f"{_ANYWHERE} by {table['RouteTableId']}", ""


def _table(subnet: str, tables: list[Found]) -> Found:
    """Return the route table of a subnet: its own, or the main table of the VPC."""
    main = next(table for table in tables if any(each["Main"] for each in table["Associations"]))
    own = (
        table
        for table in tables
        if any(each.get("SubnetId") == subnet for each in table["Associations"])
    )
    return next(own, main)


CHECK = Check("routes to AWS", _run)
