"""AWS::EC2: security groups, VPC endpoints and flow logs."""

from __future__ import annotations

import json
from typing import Any, Self

from local_cloud.resources.base import Properties, ServiceResource
from local_cloud.resources.ec2 import Ec2Resource

# Properties of the rules of a group, both inline and as separate resources.
_RULE = frozenset({"CidrIp", "CidrIpv6", "Description", "FromPort", "IpProtocol", "ToPort"})
# A new group allows all outbound traffic, unless the template has egress rules.
_ALL_OUT = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html, "Default endpoint
# policy".
_FULL_ACCESS = {
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]
}


class SecurityGroup(Ec2Resource):
    """AWS::EC2::SecurityGroup; Ref and GroupId return the group's id."""

    TYPE = "AWS::EC2::SecurityGroup"
    PROPERTIES = frozenset(
        {
            "GroupDescription",
            "GroupName",
            "SecurityGroupEgress",
            "SecurityGroupIngress",
            "Tags",
            "VpcId",
        }
    )
    MUTABLE = frozenset({"SecurityGroupEgress", "SecurityGroupIngress", "Tags"})

    def create(self) -> None:
        """Call CreateSecurityGroup."""
        group = self.ec2.create_security_group(
            GroupName=self.properties.get("GroupName", self.name),
            Description=self.properties["GroupDescription"],
            **self.given("VpcId"),
        )
        self.exists_as(group["GroupId"], GroupId=group["GroupId"], **self.given("VpcId"))
        if "SecurityGroupEgress" in self.properties:
            self._revoke("egress", [_ALL_OUT])
        self._authorize("egress", self.properties.get("SecurityGroupEgress", []))
        self._authorize("ingress", self.properties.get("SecurityGroupIngress", []))

    def update(self, before: Self) -> None:
        """Revoke the old rules and authorize the new ones."""
        super().update(before)
        for way, name in (("egress", "SecurityGroupEgress"), ("ingress", "SecurityGroupIngress")):
            old, new = before.properties.get(name, []), self.properties.get(name, [])
            self._revoke(way, [rule for rule in old if rule not in new])
            self._authorize(way, [rule for rule in new if rule not in old])

    def remove(self) -> None:
        """Call DeleteSecurityGroup."""
        self.ec2.delete_security_group(GroupId=self.physical_resource_id)

    def _authorize(self, way: str, rules: list[Properties]) -> None:
        call = getattr(self.ec2, f"authorize_security_group_{way}")
        for rule in rules:
            call(GroupId=self.physical_resource_id, IpPermissions=[permission(rule)])

    def _revoke(self, way: str, rules: list[Properties]) -> None:
        call = getattr(self.ec2, f"revoke_security_group_{way}")
        for rule in rules:
            call(GroupId=self.physical_resource_id, IpPermissions=[permission(rule)])


class SecurityGroupIngress(ServiceResource):
    """AWS::EC2::SecurityGroupIngress; Ref returns the rule's id."""

    TYPE = "AWS::EC2::SecurityGroupIngress"
    PROPERTIES = _RULE | {"GroupId", "SourceSecurityGroupId"}
    MUTABLE = frozenset()

    def create(self) -> None:
        """Call AuthorizeSecurityGroupIngress."""
        answer = self.service("ec2").authorize_security_group_ingress(**self._call())
        self.physical_resource_id = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        self.attributes = {"Id": self.physical_resource_id}

    def remove(self) -> None:
        """Call RevokeSecurityGroupIngress."""
        self.service("ec2").revoke_security_group_ingress(**self._call())

    def _call(self) -> Properties:
        return {
            "GroupId": self.properties["GroupId"],
            "IpPermissions": [permission(self.properties)],
        }


class SecurityGroupEgress(ServiceResource):
    """AWS::EC2::SecurityGroupEgress; Ref returns the rule's id."""

    TYPE = "AWS::EC2::SecurityGroupEgress"
    PROPERTIES = _RULE | {"DestinationPrefixListId", "DestinationSecurityGroupId", "GroupId"}
    MUTABLE = frozenset()

    def create(self) -> None:
        """Call AuthorizeSecurityGroupEgress."""
        answer = self.service("ec2").authorize_security_group_egress(**self._call())
        self.physical_resource_id = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        self.attributes = {"Id": self.physical_resource_id}

    def remove(self) -> None:
        """Call RevokeSecurityGroupEgress."""
        self.service("ec2").revoke_security_group_egress(**self._call())

    def _call(self) -> Properties:
        return {
            "GroupId": self.properties["GroupId"],
            "IpPermissions": [permission(self.properties)],
        }


class VpcEndpoint(Ec2Resource):
    """AWS::EC2::VPCEndpoint, gateway or interface."""

    TYPE = "AWS::EC2::VPCEndpoint"
    _SWITCHES = ("PrivateDnsEnabled", "RouteTableIds", "SecurityGroupIds", "SubnetIds")
    PROPERTIES = frozenset(
        {"PolicyDocument", "ServiceName", "Tags", "VpcEndpointType", "VpcId", *_SWITCHES}
    )
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-vpcendpoint.html
    _LISTS = ("RouteTableIds", "SecurityGroupIds", "SubnetIds")
    MUTABLE = frozenset({"PolicyDocument", "Tags", *_LISTS})

    def create(self) -> None:
        """Call CreateVpcEndpoint."""
        endpoint = self.ec2.create_vpc_endpoint(
            **self.given("ServiceName", "VpcEndpointType", "VpcId", *self._SWITCHES),
            PolicyDocument=self._policy(),
        )["VpcEndpoint"]
        identifier = endpoint["VpcEndpointId"]
        entries = [
            f"{entry['HostedZoneId']}:{entry['DnsName']}"
            for entry in endpoint.get("DnsEntries", [])
        ]
        self.exists_as(identifier, Id=identifier, DnsEntries=entries)

    def update(self, before: Self) -> None:
        """Call ModifyVpcEndpoint for the policy, subnets, route tables and security groups."""
        super().update(before)
        changes: dict[str, list[str]] = {}
        for name in self._LISTS:
            new, old = (set(each.properties.get(name, [])) for each in (self, before))
            changes |= {f"Add{name}": sorted(new - old), f"Remove{name}": sorted(old - new)}
        given: dict[str, Any] = {name: values for name, values in changes.items() if values}
        if self._policy() != before._policy():
            given["PolicyDocument"] = self._policy()
        if given:
            self.ec2.modify_vpc_endpoint(VpcEndpointId=self.physical_resource_id, **given)

    def remove(self) -> None:
        """Call DeleteVpcEndpoints."""
        self.ec2.delete_vpc_endpoints(VpcEndpointIds=[self.physical_resource_id])

    def _policy(self) -> str:
        return json.dumps(self.properties.get("PolicyDocument", _FULL_ACCESS))


class FlowLog(Ec2Resource):
    """AWS::EC2::FlowLog to a log group or a bucket."""

    TYPE = "AWS::EC2::FlowLog"
    _GIVEN = (
        "DeliverLogsPermissionArn",
        "LogDestination",
        "LogDestinationType",
        "LogFormat",
        "LogGroupName",
        "MaxAggregationInterval",
        "ResourceType",
        "TrafficType",
    )
    PROPERTIES = frozenset({"ResourceId", "Tags", *_GIVEN})

    def create(self) -> None:
        """Call CreateFlowLogs."""
        answer = self.ec2.create_flow_logs(
            ResourceIds=[self.properties["ResourceId"]], **self.given(*self._GIVEN)
        )
        if answer.get("Unsuccessful"):
            raise RuntimeError(answer["Unsuccessful"][0]["Error"]["Message"])
        self.exists_as(answer["FlowLogIds"][0], Id=answer["FlowLogIds"][0])

    def remove(self) -> None:
        """Call DeleteFlowLogs."""
        self.ec2.delete_flow_logs(FlowLogIds=[self.physical_resource_id])


def permission(rule: Properties) -> dict[str, Any]:
    """Convert a rule of a template to an IpPermission of the API."""
    described = {"Description": rule["Description"]} if "Description" in rule else {}
    group = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
    permitted: dict[str, Any] = {"IpProtocol": str(rule["IpProtocol"])}
    permitted |= {name: int(rule[name]) for name in ("FromPort", "ToPort") if name in rule}
    if "CidrIp" in rule:
        permitted["IpRanges"] = [{"CidrIp": rule["CidrIp"], **described}]
    if "CidrIpv6" in rule:
        permitted["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **described}]
    if "DestinationPrefixListId" in rule:
        permitted["PrefixListIds"] = [
            {"PrefixListId": rule["DestinationPrefixListId"], **described}
        ]
    if group:
        permitted["UserIdGroupPairs"] = [{"GroupId": group, **described}]
    return permitted
