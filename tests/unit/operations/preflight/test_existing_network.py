"""The checks of an existing VPC, with responses of VPCs that have and lack what jobs need."""

from __future__ import annotations

import copy

import pytest

from operations.assembly import Assembly
from operations.environment_clients import EnvironmentClients
from operations.preflight.check import Account
from tests.application.existing_network import CALLED, SUBNETS, VPC, existing
from tests.unit.operations.preflight.conftest import CHECKS

SERVICES = {
    f"com.amazonaws.us-east-1.{name}"
    for name in ("monitoring", "glue", "redshift", "redshift-data", "sagemaker.api")
}
S3 = "com.amazonaws.us-east-1.s3"
CIDRS = ("172.20.0.0/24", "172.20.1.0/24")

SUITABLE = {
    "vpcs": [{"VpcId": VPC, "CidrBlockAssociationSet": [{"CidrBlock": "172.20.0.0/16"}]}],
    "dns": {"EnableDnsSupport": True, "EnableDnsHostnames": True},
    "subnets": [
        {
            "SubnetId": subnet,
            "VpcId": VPC,
            "AvailabilityZone": f"us-east-1{letter}",
            "AvailabilityZoneId": f"use1-az{letter}",
            "AvailableIpAddressCount": 200,
            "CidrBlock": cidr,
        }
        for subnet, letter, cidr in zip(SUBNETS, "ab", CIDRS, strict=True)
    ],
    "endpoints": [
        {
            "VpcEndpointId": "vpce-1",
            "VpcEndpointType": "Gateway",
            "ServiceName": S3,
            "State": "available",
            "RouteTableIds": ["rtb-main"],
        },
        *(
            {
                "VpcEndpointId": f"vpce-{number}",
                "VpcEndpointType": "Interface",
                "ServiceName": service,
                "State": "available",
                "PrivateDnsEnabled": True,
                "Groups": [{"GroupId": "sg-1", "GroupName": "endpoints"}],
            }
            for number, service in enumerate(sorted(SERVICES), 2)
        ),
    ],
    "tables": [
        {
            "RouteTableId": "rtb-main",
            "Associations": [{"Main": True}],
            "Routes": [{"DestinationCidrBlock": "172.20.0.0/16", "State": "active"}],
        }
    ],
    "groups": [
        {
            "GroupId": "sg-1",
            "IpPermissions": [
                {
                    "IpProtocol": "tcp",
                    "FromPort": 443,
                    "ToPort": 443,
                    "IpRanges": [{"CidrIp": "172.20.0.0/16"}],
                }
            ],
        }
    ],
}
NAT = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}


class Ec2:
    """EC2's describe operations, which return the parts of one network."""

    def __init__(self, network):
        self._network = network

    def describe_vpc_attribute(self, *, VpcId, Attribute):  # noqa: N803
        name = Attribute[0].upper() + Attribute[1:]
        return {name: {"Value": self._network["dns"][name]}}

    def get_paginator(self, operation):
        part = {
            "describe_vpcs": ("Vpcs", "vpcs"),
            "describe_subnets": ("Subnets", "subnets"),
            "describe_vpc_endpoints": ("VpcEndpoints", "endpoints"),
            "describe_route_tables": ("RouteTables", "tables"),
            "describe_security_groups": ("SecurityGroups", "groups"),
        }[operation]
        return Pages({part[0]: self._network[part[1]]})


class Pages:
    def __init__(self, page):
        self._page = page

    def paginate(self, **request):
        assert request["Filters"], "a check must not describe the whole account"
        return [self._page]


@pytest.fixture
def network():
    return copy.deepcopy(SUITABLE)


def findings(check, network, environment="endpoints"):
    """Run a check for an environment: subject -> finding."""
    synthesised = existing(environment)
    aws = EnvironmentClients.of(synthesised.environment, {"ec2": Ec2(network)}.__getitem__)
    needs = Assembly.read(synthesised.folder, prefix=f"redline-{environment}-", region="us-east-1")
    return {each.subject: each for each in CHECKS[check].findings(Account(aws, needs))}


def test_a_suitable_vpc_has_no_failure(network):
    found = findings("existing network", network)
    assert {subject: each.status for subject, each in found.items()} == dict.fromkeys(
        (VPC, *SUBNETS), "ok"
    )
    found = findings("routes to AWS", network)
    assert {subject: each.status for subject, each in found.items()} == dict.fromkeys(
        (S3, *SERVICES), "ok"
    )


def test_a_vpc_of_the_app_is_not_checked(network):
    from tests.application.synthesised import synthesised  # its synthesis takes seconds

    environment = synthesised("basic")
    needs = Assembly.read(environment.folder, prefix="redline-basic-", region="us-east-1")
    account = Account(EnvironmentClients.of(environment.environment, {}.__getitem__), needs)
    for check in ("existing network", "routes to AWS"):
        assert list(CHECKS[check].findings(account)) == []


def without_vpc(network):
    network["vpcs"] = []


def other_range(network):
    network["vpcs"][0]["CidrBlockAssociationSet"] = [{"CidrBlock": "10.0.0.0/16"}]


def no_names(network):
    network["dns"]["EnableDnsHostnames"] = False


def subnet_of_another_vpc(network):
    network["subnets"][0]["VpcId"] = "vpc-1"


def other_zone(network):
    network["subnets"][0]["AvailabilityZone"] = "us-east-1f"


def full_subnet(network):
    network["subnets"][0]["AvailableIpAddressCount"] = 3


@pytest.mark.parametrize(
    ("change", "subject", "found", "remedy"),
    [
        (without_vpc, VPC, "no such VPC", "network.vpc_id"),
        (other_range, VPC, "its ranges are 10.0.0.0/16", "network.cidr"),
        (no_names, VPC, "enableDnsHostnames is off", f"--vpc-id {VPC} --enable-dns-hostnames"),
        (subnet_of_another_vpc, SUBNETS[0], "no such subnet", "network.private_subnet_ids"),
        (other_zone, SUBNETS[0], "it is in us-east-1f", "network.availability_zones"),
        (full_subnet, SUBNETS[0], "3 free addresses", "larger subnet"),
    ],
)
def test_a_vpc_that_is_not_as_stated_fails(network, change, subject, found, remedy):
    change(network)
    failure = findings("existing network", network)[subject]
    assert failure.status == "fails"
    assert found in failure.found
    assert remedy in failure.remedy


def no_gateway(network):
    del network["endpoints"][0]


def gateway_of_other_tables(network):
    network["endpoints"][0]["RouteTableIds"] = ["rtb-other"]


def no_glue(network):
    network["endpoints"] = [
        each for each in network["endpoints"] if not each["ServiceName"].endswith("glue")
    ]


def glue(network):
    (found,) = [each for each in network["endpoints"] if each["ServiceName"].endswith("glue")]
    return found


def pending(network):
    glue(network)["State"] = "pendingAcceptance"


def without_dns(network):
    glue(network)["PrivateDnsEnabled"] = False


def closed_group(network):
    network["groups"][0]["IpPermissions"][0]["IpRanges"] = [{"CidrIp": "172.20.0.0/24"}]


@pytest.mark.parametrize(
    ("change", "subject", "found", "remedy"),
    [
        (no_gateway, S3, "no such endpoint", "--vpc-endpoint-type Gateway --route-table-ids rtb-m"),
        (gateway_of_other_tables, S3, "no route in rtb-main", "--add-route-table-ids rtb-main"),
        (no_glue, "com.amazonaws.us-east-1.glue", "no such endpoint", "creates_endpoints=True"),
        (pending, "com.amazonaws.us-east-1.glue", "no such endpoint", "creates_endpoints=True"),
        (without_dns, "com.amazonaws.us-east-1.glue", "no private DNS", "--private-dns-enabled"),
        (closed_group, "com.amazonaws.us-east-1.glue", f"TLS from {SUBNETS[1]}", CIDRS[1]),
    ],
)
def test_a_missing_way_to_aws_fails(network, change, subject, found, remedy):
    change(network)
    failure = findings("routes to AWS", network)[subject]
    assert failure.status == "fails"
    assert found in failure.found
    assert remedy in failure.remedy


def test_the_internet_needs_a_route_to_a_nat_gateway(network):
    assert findings("routes to AWS", network, "internet")[SUBNETS[0]].status == "fails"
    network["tables"][0]["Routes"].append(NAT)
    assert findings("routes to AWS", network, "internet")[SUBNETS[0]].status == "ok"
    network["tables"].append(
        {
            "RouteTableId": "rtb-public",
            "Associations": [{"Main": False, "SubnetId": SUBNETS[1]}],
            "Routes": [{**NAT, "GatewayId": "igw-1"}],
        }
    )
    assert findings("routes to AWS", network, "internet")[SUBNETS[1]].status == "fails"


def test_every_service_of_the_environment_is_checked():
    assert len(SERVICES) == len(CALLED)
