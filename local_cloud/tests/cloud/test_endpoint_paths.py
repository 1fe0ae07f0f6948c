"""The path of a request out of a VPC: an endpoint, a NAT gateway, or none."""

from __future__ import annotations

import pytest

from local_cloud.context import ACCOUNT_ID
from local_cloud.network.endpoint_paths import Unreachable, find_endpoint
from local_cloud.network.session_networks import Network

EVERYWHERE = "0.0.0.0/0"
TLS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


class Vpc:
    """A VPC with one subnet and a security group that allows no traffic."""

    def __init__(self, ec2):
        self.ec2 = ec2
        self.id = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=self.id, CidrBlock="10.9.0.0/24")
        self.subnet = subnet["Subnet"]["SubnetId"]
        self.group = self.closed_group("jobs")
        filters = [{"Name": "vpc-id", "Values": [self.id]}]
        (table,) = ec2.describe_route_tables(Filters=filters)["RouteTables"]
        self.table = table["RouteTableId"]

    def closed_group(self, name):
        group = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.id)
        everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": EVERYWHERE}]}
        self.ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=[everything])
        return group["GroupId"]

    def allow_out(self, **target):
        self.ec2.authorize_security_group_egress(
            GroupId=self.group, IpPermissions=[{**TLS, **target}]
        )

    def endpoint(self, service, **options):
        created = self.ec2.create_vpc_endpoint(
            VpcId=self.id, ServiceName=f"com.amazonaws.us-east-1.{service}", **options
        )
        return created["VpcEndpoint"]["VpcEndpointId"]

    def path(self, action):
        endpoint = find_endpoint(
            Network((self.subnet,), (self.group,)), action, ACCOUNT_ID, "us-east-1"
        )
        return None if endpoint is None else endpoint.id


@pytest.fixture
def vpc(cloud):
    return Vpc(cloud.client("ec2"))


def test_without_an_endpoint_there_is_no_path(vpc):
    vpc.allow_out(IpRanges=[{"CidrIp": EVERYWHERE}])
    with pytest.raises(Unreachable, match=f"{vpc.id} has no endpoint of sqs, and {vpc.table} no"):
        vpc.path("sqs:SendMessage")


def test_a_nat_gateway_is_a_path_if_the_group_allows_it(vpc):
    gateway = vpc.ec2.create_nat_gateway(SubnetId=vpc.subnet)["NatGateway"]["NatGatewayId"]
    vpc.ec2.create_route(
        RouteTableId=vpc.table, DestinationCidrBlock=EVERYWHERE, NatGatewayId=gateway
    )
    with pytest.raises(Unreachable, match=f"no egress rule of {vpc.group} allows TLS to the inter"):
        vpc.path("sqs:SendMessage")
    vpc.allow_out(IpRanges=[{"CidrIp": EVERYWHERE}])
    assert vpc.path("sqs:SendMessage") is None


def test_both_groups_of_an_interface_endpoint_must_allow_tls(vpc):
    group = vpc.closed_group("endpoints")
    options = {"VpcEndpointType": "Interface", "SubnetIds": [vpc.subnet]}
    endpoint = vpc.endpoint("sagemaker.api", SecurityGroupIds=[group], **options)
    vpc.allow_out(UserIdGroupPairs=[{"GroupId": group}])
    with pytest.raises(Unreachable, match=f"do not allow TLS to the endpoint {endpoint}"):
        vpc.path("sagemaker:DescribeModel")
    rule = {**TLS, "UserIdGroupPairs": [{"GroupId": vpc.group}]}
    vpc.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    assert vpc.path("sagemaker:DescribeModel") == endpoint
    with pytest.raises(Unreachable, match="has no endpoint of sagemaker.runtime"):
        vpc.path("sagemaker:InvokeEndpoint")


def test_a_gateway_serves_the_subnets_of_its_route_tables(vpc):
    endpoint = vpc.endpoint("s3", VpcEndpointType="Gateway")
    with pytest.raises(Unreachable, match="has no endpoint of s3"):
        vpc.path("s3:GetObject")
    vpc.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, AddRouteTableIds=[vpc.table])
    with pytest.raises(Unreachable, match="allows TLS to s3, whose gateway endpoint is"):
        vpc.path("s3:GetObject")
    vpc.allow_out(PrefixListIds=[{"PrefixListId": "pl-63a5400a"}])
    assert vpc.path("s3:GetObject") == endpoint


def test_a_subnet_that_does_not_exist_has_no_path(vpc):
    network = Network(("subnet-1",), (vpc.group,))
    with pytest.raises(Unreachable, match="the subnet subnet-1 does not exist"):
        find_endpoint(network, "s3:GetObject", ACCOUNT_ID, "us-east-1")
