"""A network gets a further zone and NAT gateways, and keeps the subnets that are in use."""

from dataclasses import replace

import pytest

from stacks.config import ConfigurationError, Network
from tests.application.environments import BASIC, SERVERLESS
from tests.synthesis import synthesise

TWO, THREE = ("us-east-1a", "us-east-1b"), ("us-east-1a", "us-east-1b", "us-east-1c")
NEW = Network(cidr="10.50.0.0/16", availability_zones=TWO)
# Two zones without gateways, with the addresses of the first release: the VPC is full.
FULL = replace(NEW, private_cidrs=("10.50.0.0/17", "10.50.128.0/17"))
GROWN = {
    "reserved": (NEW, replace(NEW, availability_zones=THREE, nat_gateways=1)),
    "full": (
        FULL,
        replace(
            FULL,
            availability_zones=THREE,
            nat_gateways=1,
            private_cidrs=(*FULL.private_cidrs, "10.60.0.0/18"),
            public_cidrs=("10.60.192.0/20", "10.60.208.0/20", "10.60.224.0/20"),
            further_cidrs=("10.60.0.0/16",),
        ),
    ),
}
# An update of these properties replaces a subnet.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-subnet.html
IDENTITY = ("AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "VpcId")


def network(settings):
    """Synthesise an environment with this network and no pipelines."""
    return synthesise(replace(BASIC, network=settings, pipelines=()))


def subnets(environment):
    """Return logical id -> the properties whose update replaces the subnet."""
    found = environment.resources("network", "AWS::EC2::Subnet")
    return {
        name: {key: each["Properties"].get(key) for key in IDENTITY} for name, each in found.items()
    }


@pytest.mark.parametrize("case", GROWN)
def test_a_further_zone_and_a_gateway_replace_no_subnet(case):
    before, after = map(network, GROWN[case])
    assert subnets(before).items() <= subnets(after).items()
    assert len(subnets(after)) == 6
    assert len(after.resources("network", "AWS::EC2::NatGateway")) == 1
    for kind in ("AWS::EC2::VPC", "AWS::EC2::RouteTable", "AWS::EC2::VPCEndpoint"):
        assert before.resources("network", kind).keys() <= after.resources("network", kind).keys()
    assert before.the("network", "AWS::EC2::VPC") == after.the("network", "AWS::EC2::VPC")
    exports = [each.templates["network"]["Outputs"] for each in (before, after)]
    assert exports[0].items() <= exports[1].items()


def test_a_subnet_in_a_further_range_waits_for_the_range():
    grown = network(GROWN["full"][1])
    (added,) = grown.resources("network", "AWS::EC2::VPCCidrBlock")
    found = grown.resources("network", "AWS::EC2::Subnet").values()
    waiting = [
        each["Properties"]["CidrBlock"] for each in found if added in each.get("DependsOn", [])
    ]
    assert sorted(waiting) == ["10.60.0.0/18", "10.60.192.0/20", "10.60.208.0/20", "10.60.224.0/20"]


def test_space_is_reserved_for_three_zones_and_their_gateways():
    grown = GROWN["reserved"][1]
    assert grown.private_ranges == ("10.50.0.0/18", "10.50.64.0/18", "10.50.128.0/18")
    assert grown.public_ranges == ("10.50.192.0/20", "10.50.208.0/20", "10.50.224.0/20")


def test_a_full_network_cannot_grow_without_a_further_range():
    with pytest.raises(ConfigurationError, match=r"do not overlap; .* add one to network\.further"):
        replace(FULL, nat_gateways=1)
    with pytest.raises(
        ConfigurationError, match="one range for each of us-east-1a, us-east-1b, us-"
    ):
        replace(FULL, availability_zones=THREE)


def test_zones_by_id_are_the_same_place_in_every_account():
    """https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html"""
    named = network(replace(NEW, availability_zones=("use1-az1", "use1-az4")))
    found = named.resources("network", "AWS::EC2::Subnet").values()
    assert [each["Properties"]["AvailabilityZoneId"] for each in found] == ["use1-az1", "use1-az4"]
    assert not any("AvailabilityZone" in each["Properties"] for each in found)


@pytest.mark.parametrize(
    ("zones", "allowed"),
    [
        (("us-east-1a", "use1-az2"), "either names or IDs"),
        (("usw2-az1", "usw2-az2"), "such as us-east-1a or use1-az1"),
        (("use1-az", "use1-az2"), "such as us-east-1a or use1-az1"),
    ],
)
def test_zones_of_another_region_and_mixed_zones_are_refused(zones, allowed):
    with pytest.raises(ConfigurationError, match=allowed):
        replace(BASIC, network=replace(NEW, availability_zones=zones))


def test_a_serverless_warehouse_needs_three_zones():
    with pytest.raises(ConfigurationError, match="three zones with a serverless warehouse"):
        replace(SERVERLESS, network=NEW)
