"""Networks."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError


@contextmanager
def network(aws):
    """Create a VPC, which is deleted at the end. Yields a client and the id of the VPC."""
    ec2 = aws.client("ec2")
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    yield ec2, vpc_id
    ec2.delete_vpc(VpcId=vpc_id)


def missing(code, call, **request):
    with pytest.raises(ClientError, match=code):
        call(**request)


def vpc(aws):
    ec2 = aws.client("ec2")
    name = {"VpcId": ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]}
    (found,) = ec2.describe_vpcs(VpcIds=[name["VpcId"]])["Vpcs"]
    assert found["CidrBlock"] == "10.0.0.0/16"
    ec2.modify_vpc_attribute(**name, EnableDnsHostnames={"Value": True})
    shown = ec2.describe_vpc_attribute(**name, Attribute="enableDnsHostnames")
    assert shown["EnableDnsHostnames"] == {"Value": True}
    added = ec2.associate_vpc_cidr_block(**name, CidrBlock="10.9.0.0/16")["CidrBlockAssociation"]
    assert _ranges(ec2, name) == {"10.0.0.0/16": "associated", "10.9.0.0/16": "associated"}
    ec2.disassociate_vpc_cidr_block(AssociationId=added["AssociationId"])
    assert _ranges(ec2, name) == {"10.0.0.0/16": "associated", "10.9.0.0/16": "disassociated"}
    ec2.delete_vpc(**name)
    missing("InvalidVpcID.NotFound", ec2.describe_vpcs, VpcIds=[name["VpcId"]])


def _ranges(ec2, name):
    (found,) = ec2.describe_vpcs(VpcIds=[name["VpcId"]])["Vpcs"]
    ranges = found["CidrBlockAssociationSet"]
    return {each["CidrBlock"]: each["CidrBlockState"]["State"] for each in ranges}


def availability_zone(aws):
    zone = aws.client("ec2").describe_availability_zones()["AvailabilityZones"][1]
    assert zone["State"] == "available"
    with network(aws) as (ec2, vpc_id):
        request = {"VpcId": vpc_id, "CidrBlock": "10.0.1.0/24"}
        made = ec2.create_subnet(**request, AvailabilityZone=zone["ZoneName"])["Subnet"]
        assert made["AvailabilityZoneId"] == zone["ZoneId"]
        ec2.delete_subnet(SubnetId=made["SubnetId"])


def vpc_endpoint_service(aws):
    name = f"com.amazonaws.{aws.region}.sts"
    described = aws.client("ec2").describe_vpc_endpoint_services(ServiceNames=[name])
    (service,) = described["ServiceDetails"]
    assert service["ServiceType"] == [{"ServiceType": "Interface"}]
    assert f"{aws.region}a" in service["AvailabilityZones"]
    missing(
        "InvalidServiceName",
        aws.client("ec2").describe_vpc_endpoint_services,
        ServiceNames=["com.amazonaws.nowhere.sts"],
    )


def subnet(aws):
    with network(aws) as (ec2, vpc_id):
        made = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.1.0/24")["Subnet"]
        name = made["SubnetId"]
        ec2.modify_subnet_attribute(SubnetId=name, MapPublicIpOnLaunch={"Value": True})
        (found,) = ec2.describe_subnets(SubnetIds=[name])["Subnets"]
        assert (found["CidrBlock"], found["MapPublicIpOnLaunch"]) == ("10.0.1.0/24", True)
        ec2.delete_subnet(SubnetId=name)
        missing("InvalidSubnetID.NotFound", ec2.describe_subnets, SubnetIds=[name])


def route_table(aws):
    with network(aws) as (ec2, vpc_id):
        subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
        table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]

        def shown():
            return ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]

        used = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"]
        assert [each["SubnetId"] for each in shown()["Associations"]] == [subnet]
        ec2.disassociate_route_table(AssociationId=used)
        assert shown()["Associations"] == []
        gateways = [_gateway(ec2, vpc_id), _gateway(ec2, None)]
        everywhere = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}
        ec2.create_route(**everywhere, GatewayId=gateways[0])
        assert gateways[0] in [each.get("GatewayId") for each in shown()["Routes"]]
        ec2.replace_route(**everywhere, GatewayId=gateways[1])
        assert gateways[1] in [each.get("GatewayId") for each in shown()["Routes"]]
        ec2.delete_route(**everywhere)
        assert len(shown()["Routes"]) == 1
        ec2.delete_route_table(RouteTableId=table)
        missing("InvalidRouteTableID.NotFound", shown)
        ec2.detach_internet_gateway(InternetGatewayId=gateways[0], VpcId=vpc_id)
        for gateway in gateways:
            ec2.delete_internet_gateway(InternetGatewayId=gateway)
        ec2.delete_subnet(SubnetId=subnet)


def _gateway(ec2, vpc_id):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    if vpc_id:
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    return gateway


def internet_gateway(aws):
    with network(aws) as (ec2, vpc_id):
        name = _gateway(ec2, vpc_id)
        names = {"InternetGatewayIds": [name]}
        (found,) = ec2.describe_internet_gateways(**names)["InternetGateways"]
        assert [each["VpcId"] for each in found["Attachments"]] == [vpc_id]
        ec2.detach_internet_gateway(InternetGatewayId=name, VpcId=vpc_id)
        (found,) = ec2.describe_internet_gateways(**names)["InternetGateways"]
        assert found["Attachments"] == []
        ec2.delete_internet_gateway(InternetGatewayId=name)
        missing("InvalidInternetGatewayID.NotFound", ec2.describe_internet_gateways, **names)


def nat_gateway(aws):
    with network(aws) as (ec2, vpc_id):
        subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
        address = ec2.allocate_address(Domain="vpc")
        allocation = address["AllocationId"]
        (found,) = ec2.describe_addresses(AllocationIds=[allocation])["Addresses"]
        assert found["PublicIp"] == address["PublicIp"]
        made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)
        name = made["NatGateway"]["NatGatewayId"]
        (found,) = ec2.describe_nat_gateways(NatGatewayIds=[name])["NatGateways"]
        assert (found["SubnetId"], found["State"]) == (subnet, "available")
        ec2.delete_nat_gateway(NatGatewayId=name)
        left = ec2.describe_nat_gateways(NatGatewayIds=[name])["NatGateways"]
        assert {each["State"] for each in left} <= {"deleted"}
        ec2.release_address(AllocationId=allocation)
        missing("InvalidAllocationID.NotFound", ec2.describe_addresses, AllocationIds=[allocation])
        ec2.delete_subnet(SubnetId=subnet)


def security_group(aws):
    with network(aws) as (ec2, vpc_id):
        made = ec2.create_security_group(GroupName="life", Description="a", VpcId=vpc_id)
        group = {"GroupId": made["GroupId"]}
        rule = {"IpProtocol": "tcp", "FromPort": 5439, "ToPort": 5439}
        rule |= {"IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
        filters = [{"Name": "group-id", "Values": [made["GroupId"]]}]

        def rules():
            shown = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
            return {each["IsEgress"] for each in shown if each["IpProtocol"] == "tcp"}

        ec2.authorize_security_group_ingress(**group, IpPermissions=[rule])
        assert rules() == {False}
        ec2.authorize_security_group_egress(**group, IpPermissions=[rule])
        assert rules() == {False, True}
        (found,) = ec2.describe_security_groups(GroupIds=[made["GroupId"]])["SecurityGroups"]
        assert found["IpPermissions"][0]["FromPort"] == 5439
        ec2.revoke_security_group_ingress(**group, IpPermissions=[rule])
        ec2.revoke_security_group_egress(**group, IpPermissions=[rule])
        assert rules() == set()
        ec2.delete_security_group(**group)
        missing("InvalidGroup.NotFound", ec2.describe_security_groups, GroupIds=[made["GroupId"]])


def vpc_endpoint(aws):
    with network(aws) as (ec2, vpc_id):
        service = f"com.amazonaws.{aws.region}.s3"
        given = {"VpcId": vpc_id, "ServiceName": service, "VpcEndpointType": "Gateway"}
        made = ec2.create_vpc_endpoint(**given)["VpcEndpoint"]
        names = {"VpcEndpointIds": [made["VpcEndpointId"]]}
        (found,) = ec2.describe_vpc_endpoints(**names)["VpcEndpoints"]
        assert (found["VpcId"], found["ServiceName"]) == (vpc_id, service)
        table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
        ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], AddRouteTableIds=[table])
        (found,) = ec2.describe_vpc_endpoints(**names)["VpcEndpoints"]
        assert found["RouteTableIds"] == [table]
        ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], RemoveRouteTableIds=[table])
        policy = json.dumps({"Version": "2012-10-17", "Statement": []})
        ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], PolicyDocument=policy)
        (found,) = ec2.describe_vpc_endpoints(**names)["VpcEndpoints"]
        assert json.loads(found["PolicyDocument"]) == json.loads(policy)
        ec2.delete_route_table(RouteTableId=table)
        ec2.delete_vpc_endpoints(**names)
        left = ec2.describe_vpc_endpoints(**names)["VpcEndpoints"]
        assert {each["State"] for each in left} == {"deleted"}


def flow_log(aws):
    with network(aws) as (ec2, vpc_id):
        aws.client("s3").create_bucket(Bucket="life-flow")
        (name,) = ec2.create_flow_logs(
            ResourceIds=[vpc_id],
            ResourceType="VPC",
            TrafficType="REJECT",
            LogDestinationType="s3",
            LogDestination="arn:aws:s3:::life-flow",
        )["FlowLogIds"]
        (found,) = ec2.describe_flow_logs(FlowLogIds=[name])["FlowLogs"]
        assert (found["ResourceId"], found["TrafficType"]) == (vpc_id, "REJECT")
        ec2.delete_flow_logs(FlowLogIds=[name])
        assert ec2.describe_flow_logs(FlowLogIds=[name])["FlowLogs"] == []
        aws.client("s3").delete_bucket(Bucket="life-flow")


def tag(aws):
    with network(aws) as (ec2, vpc_id):
        filters = [{"Name": "resource-id", "Values": [vpc_id]}]
        ec2.create_tags(Resources=[vpc_id], Tags=[{"Key": "team", "Value": "a"}])
        (found,) = ec2.describe_tags(Filters=filters)["Tags"]
        assert (found["Key"], found["Value"]) == ("team", "a")
        ec2.delete_tags(Resources=[vpc_id], Tags=[{"Key": "team"}])
        assert ec2.describe_tags(Filters=filters)["Tags"] == []
