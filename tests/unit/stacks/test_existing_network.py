"""An environment in a VPC that exists before the environment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacks.application import build_app
from stacks.config import ConfigurationError, Network
from tests.application.environments import BASIC, DEMAND, FIXED
from tests.application.existing_network import (
    GIVEN,
    NETWORKS,
    SUBNETS,
    VPC,
    existing,
    in_network,
)
from tests.synthesis import synthesise
from tests.template_checks.cdk import nag

# CDK's rule for a group without rules for outgoing traffic: the group of endpoints.
NOTHING = "255.255.255.255/32"


@pytest.fixture(params=NETWORKS)
def environment(request):
    return existing(request.param)


def rules(environment, part, direction):
    """Return the rules of security groups of a stack, inline or as resources of their own."""
    groups = environment.resources(part, "AWS::EC2::SecurityGroup").values()
    alone = environment.resources(part, f"AWS::EC2::{direction}").values()
    inline = [rule for group in groups for rule in group["Properties"].get(direction, [])]
    return [*inline, *(each["Properties"] for each in alone)]


def test_nothing_of_the_network_is_created_but_groups_their_rules_and_missing_endpoints(
    environment,
):
    allowed = {"SecurityGroup", "SecurityGroupIngress", "SecurityGroupEgress", "VPCEndpoint"}
    types = {
        resource["Type"] for resource in environment.templates["network"]["Resources"].values()
    }
    assert types <= {f"AWS::EC2::{kind}" for kind in allowed}
    groups = [
        resource["Properties"]["VpcId"]
        for _, resource in environment.everything()
        if resource["Type"] == "AWS::EC2::SecurityGroup"
    ]
    assert len(groups) >= 2
    assert set(groups) == {VPC}


def test_jobs_and_the_warehouse_are_in_its_subnets(environment):
    placed = environment.the("warehouse", "AWS::Redshift::ClusterSubnetGroup")["SubnetIds"]
    assert tuple(placed) == SUBNETS
    definition = str(environment.the("demand", "AWS::SageMaker::Pipeline"))
    assert all(subnet in definition for subnet in SUBNETS)


def test_only_missing_endpoints_are_created_and_admit_the_whole_vpc():
    (endpoints,) = [existing("missing").resources("network", "AWS::EC2::VPCEndpoint")]
    services = [str(each["Properties"]["ServiceName"]) for each in endpoints.values()]
    assert sorted(services) == [
        "com.amazonaws.us-east-1.redshift-data", "com.amazonaws.us-east-1.sagemaker.api"
    ]  # fmt: skip
    admitted = rules(existing("missing"), "network", "SecurityGroupIngress")
    assert {"172.20.0.0/16"} <= {rule.get("CidrIp") for rule in admitted}
    for name in ("endpoints", "internet"):
        assert not existing(name).resources("network", "AWS::EC2::VPCEndpoint")


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("endpoints", {"172.20.0.0/16"}),
        ("missing", {"172.20.0.0/16"}),
        ("internet", {"0.0.0.0/0"}),
    ],
)
def test_jobs_connect_to_s3_and_to_where_aws_answers(name, addresses):
    out = rules(existing(name), "network", "SecurityGroupEgress")
    assert {rule["CidrIp"] for rule in out if "CidrIp" in rule} - {NOTHING} == addresses
    assert {"pl-63a5400a"} <= {rule.get("DestinationPrefixListId") for rule in out}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_checks_of_cdk_nag_find_nothing(name):
    assert nag(build_app(in_network(name), **FIXED)) == []


def test_an_endpoint_that_jobs_need_and_the_vpc_lacks_is_refused():
    network = Network.existing(**GIVEN, endpoints=("cloudwatch", "glue"))
    with pytest.raises(ConfigurationError, match="redshift, redshift-data, sagemaker.*creates_end"):
        synthesise(replace(BASIC, network=network, pipelines=(DEMAND,)), **FIXED)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("vpc_id", "vpc-1", "8 or 17 hexadecimal digits.*VPC console"),
        ("private_subnet_ids", (SUBNETS[0], "subnet-x"), "'subnet-x'.*hexadecimal digits"),
        ("private_subnet_ids", SUBNETS[:1], "two or more subnets"),
        ("private_subnet_ids", (SUBNETS[0],) * 2, "each value once"),
        ("availability_zones", ("us-east-1a",), "the zone of each of subnet-0"),
        ("availability_zones", ("us-east-1a", "us-east-1a"), "each value once"),
        ("cidr", "8.8.8.0/24", "a private IPv4 network"),
        ("endpoints", ("dynamodb",), "'dynamodb'.*athena, cloudwatch"),
        ("creates_endpoints", True, "False with internet=True"),
    ],
)
def test_values_that_no_vpc_has_are_refused(field, value, message):
    with pytest.raises(ConfigurationError, match=message):
        Network.existing(**{**GIVEN, "internet": True, field: value})
