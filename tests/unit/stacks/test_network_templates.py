"""The network in the template."""

from dataclasses import replace

import pytest

from stacks.application import new_app
from stacks.config import ConfigurationError
from stacks.lake.stack import DataStack
from stacks.network.stack import NetworkStack
from tests.application.environments import BASIC, ENVIRONMENTS, PROVISIONED
from tests.application.synthesised import synthesised
from tests.synthesis import joined, synthesise

# Service (as in the endpoint's name) -> the environments whose jobs or warehouse call it.
CALLED_IN = {
    "sagemaker.api": set(ENVIRONMENTS),
    "monitoring": set(ENVIRONMENTS),
    "redshift": set(PROVISIONED),
    "redshift-data": set(PROVISIONED),
    "glue": {"basic", "serverless"},
    # Of Studio.
    "aws.sagemaker.us-east-1.studio": {"retained"},
    "logs": {"retained"},
    "sagemaker.runtime": {"retained"},
    "sts": {"retained"},
}


def interfaces(name):
    return {service for service, environments in CALLED_IN.items() if name in environments}


def test_private_subnets_are_in_the_configured_zones(environment, retained):
    private = [
        subnet["Properties"]["AvailabilityZone"]
        for name, subnet in environment.resources("network", "AWS::EC2::Subnet").items()
        if "Private" in name
    ]
    expected = ["us-east-1a", "us-east-1b"]
    assert private == ([*expected, "us-east-1c"] if environment is retained else expected)


def test_no_subnet_hands_out_public_addresses(environment):
    subnets = environment.resources("network", "AWS::EC2::Subnet").values()
    assert {subnet["Properties"]["MapPublicIpOnLaunch"] for subnet in subnets} == {False}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_service_that_is_called_has_a_private_endpoint_and_no_other(name):
    """SageMaker pulls images and writes logs outside the VPC.

    https://docs.aws.amazon.com/sagemaker/latest/dg/process-vpc.html mentions only S3.
    """
    environment = synthesised(name)
    endpoints = [
        endpoint["Properties"]
        for endpoint in environment.resources("network", "AWS::EC2::VPCEndpoint").values()
    ]
    found = [each for each in endpoints if each["VpcEndpointType"] == "Interface"]
    names = {joined(each["ServiceName"]).removeprefix("com.amazonaws.us-east-1.") for each in found}
    assert names == interfaces(name)
    assert all(each["PrivateDnsEnabled"] for each in found)
    (gateway,) = [each for each in endpoints if each["VpcEndpointType"] == "Gateway"]
    assert joined(gateway["ServiceName"]).endswith(".s3")
    private = [
        name
        for name in environment.resources("network", "AWS::EC2::RouteTable")
        if "Private" in name
    ]
    assert set(private) <= {table["Ref"] for table in gateway["RouteTableIds"]}


def test_endpoints_admit_only_jobs(environment):
    groups = environment.resources("network", "AWS::EC2::SecurityGroup")
    assert not [
        name for name, group in groups.items() if "SecurityGroupIngress" in group["Properties"]
    ]
    rules = environment.resources("network", "AWS::EC2::SecurityGroupIngress").values()
    jobs = {"Fn::GetAtt": ["JobSecurityGroup46A4B24F", "GroupId"]}
    assert [rule["Properties"]["SourceSecurityGroupId"] for rule in rules] == [jobs, jobs]
    assert not any("CidrIp" in rule["Properties"] for rule in rules)


def outbound(environment):
    """Return the outbound rules of all security groups, inline and separate."""
    rules = []
    for stack in environment.templates:
        for group in environment.resources(stack, "AWS::EC2::SecurityGroup").values():
            rules += group["Properties"].get("SecurityGroupEgress", [])
        for rule in environment.resources(stack, "AWS::EC2::SecurityGroupEgress").values():
            rules.append(rule["Properties"])
    return rules


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_only_a_gateway_lets_jobs_connect_to_the_internet(name):
    rules = outbound(synthesised(name))
    cidrs = [rule["CidrIp"] for rule in rules if "CidrIp" in rule]
    # CDK writes the second one where a group has no inline rule: it matches no address.
    assert set(cidrs) - {"255.255.255.255/32"} == ({"0.0.0.0/0"} if name == "internet" else set())
    assert cidrs.count("0.0.0.0/0") == (name == "internet")
    lists = [rule["DestinationPrefixListId"] for rule in rules if "DestinationPrefixListId" in rule]
    # Of the jobs, of the warehouse and of Studio.
    assert lists == ["pl-63a5400a"] * (3 if name == "retained" else 2)


OWN = {"Ref": "AWS::AccountId"}


def test_endpoints_serve_only_principals_and_resources_of_the_account(environment):
    """The examples: github.com/aws-samples/data-perimeter-policy-examples."""
    for endpoint in environment.resources("network", "AWS::EC2::VPCEndpoint").values():
        own, services, *more = endpoint["Properties"]["PolicyDocument"]["Statement"]
        assert own["Condition"] == {
            "StringEquals": {"aws:PrincipalAccount": OWN, "aws:ResourceAccount": OWN}
        }
        assert services["Condition"] == {"Bool": {"aws:PrincipalIsAWSService": "true"}}
        if endpoint["Properties"]["VpcEndpointType"] == "Gateway":
            (layers,) = more
            assert (layers["Action"], "Condition" in layers) == ("s3:GetObject", False)
            assert joined(layers["Resource"]).endswith("prod-us-east-1-starport-layer-bucket/*")
        else:
            assert more == []


def test_a_region_without_a_known_prefix_list_is_refused():
    zones = ("eu-north-1a", "eu-north-1b")
    north = replace(
        BASIC,
        region="eu-north-1",
        network=replace(BASIC.network, availability_zones=zones),
        pipelines=(),
    )
    with pytest.raises(ConfigurationError, match="aws ec2 describe-prefix-lists --region eu-north"):
        synthesise(north)
    named = replace(north.network, s3_prefix_list="pl-c3aa4faa")
    rules = outbound(synthesise(replace(north, network=named)))
    assert {rule.get("DestinationPrefixListId") for rule in rules} >= {"pl-c3aa4faa"}


@pytest.mark.parametrize("name", ["basic", "retained"])
def test_without_gateways_there_is_no_way_out(name):
    stack = synthesised(name)
    for kind in ("InternetGateway", "NatGateway", "Route", "EIP"):
        assert not stack.resources("network", f"AWS::EC2::{kind}")


def test_the_environment_that_asks_has_a_gateway_and_keeps_its_endpoints():
    internet = synthesised("internet")
    assert len(internet.resources("network", "AWS::EC2::NatGateway")) == 1
    assert (
        len(internet.resources("network", "AWS::EC2::VPCEndpoint"))
        == len(interfaces("internet")) + 1
    )


def test_all_traffic_is_logged_and_the_log_forgets(environment):
    assert environment.the("network", "AWS::EC2::FlowLog")["TrafficType"] == "ALL"
    assert environment.the("network", "AWS::Logs::LogGroup")["RetentionInDays"] > 0


def test_nothing_uses_the_default_security_group(environment):
    text = str(environment.templates)
    assert "DefaultSecurityGroup" not in text
    for part in ("warehouse", "network"):
        for kind in ("AWS::Redshift::Cluster", "AWS::EC2::VPCEndpoint"):
            for resource in environment.resources(part, kind).values():
                properties = resource["Properties"]
                if properties.get("VpcEndpointType") != "Gateway":
                    assert properties.get("VpcSecurityGroupIds") or properties["SecurityGroupIds"]


def test_a_service_without_a_known_endpoint_is_refused(tmp_path):
    app = new_app(tmp_path)
    key = DataStack(app, BASIC).key
    with pytest.raises(ConfigurationError, match="is 'dynamodb': .*endpoint_services.py"):
        NetworkStack(app, BASIC, key=key, services=["dynamodb"])
