"""AWS::EC2: VPCs, subnets, routes, gateways and addresses."""

from __future__ import annotations

from typing import Any, Self

from local_cloud.resources.base import ServiceResource, Tags, removed_keys


class Ec2Resource(ServiceResource):
    """Base class of resources with an id and tags."""

    @property
    def ec2(self) -> Any:
        """The client of EC2."""
        return self.service("ec2")

    def exists_as(self, identifier: str, **attributes: Any) -> None:
        """Store the id, which Ref returns, and tag the resource."""
        self.physical_resource_id = identifier
        self.attributes = attributes
        self.set_tags()

    def set_tags(self, before: Tags | None = None) -> None:
        """Set the tags of the template, and remove the others."""
        removed = removed_keys(before or [], self.tags)
        if removed:
            keys = [{"Key": key} for key in removed]
            self.ec2.delete_tags(Resources=[self.tagged_id], Tags=keys)
        if self.tags:
            self.ec2.create_tags(Resources=[self.tagged_id], Tags=self.tags)

    @property
    def tagged_id(self) -> str:
        """The resource id for the calls that set tags."""
        return self.physical_resource_id

    def update(self, before: Self) -> None:
        """Update the tags. Other changes replace the resource."""
        self.set_tags(before.tags)


class Vpc(Ec2Resource):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-vpc.html"""

    TYPE = "AWS::EC2::VPC"
    PROPERTIES = frozenset(
        {"CidrBlock", "EnableDnsHostnames", "EnableDnsSupport", "InstanceTenancy", "Tags"}
    )
    MUTABLE = frozenset({"EnableDnsHostnames", "EnableDnsSupport", "Tags"})

    def create(self) -> None:
        """Call CreateVpc."""
        vpc = self.ec2.create_vpc(**self.given("CidrBlock", "InstanceTenancy"))["Vpc"]
        groups = self.ec2.describe_security_groups(
            Filters=[
                {"Name": "vpc-id", "Values": [vpc["VpcId"]]},
                {"Name": "group-name", "Values": ["default"]},
            ]
        )["SecurityGroups"]
        self.exists_as(
            vpc["VpcId"],
            VpcId=vpc["VpcId"],
            CidrBlock=vpc["CidrBlock"],
            DefaultSecurityGroup=groups[0]["GroupId"],
        )
        self._set_dns()

    def update(self, before: Self) -> None:
        """Call ModifyVpcAttribute."""
        super().update(before)
        self._set_dns()

    def remove(self) -> None:
        """Call DeleteVpc."""
        self.ec2.delete_vpc(VpcId=self.physical_resource_id)

    def _set_dns(self) -> None:
        for name in ("EnableDnsSupport", "EnableDnsHostnames"):
            if name in self.properties:
                self.ec2.modify_vpc_attribute(
                    VpcId=self.physical_resource_id, **{name: {"Value": self.properties[name]}}
                )


class VpcCidrBlock(ServiceResource):
    """AWS::EC2::VPCCidrBlock: an additional range of addresses of a VPC."""

    TYPE = "AWS::EC2::VPCCidrBlock"
    PROPERTIES = frozenset({"CidrBlock", "VpcId"})

    def create(self) -> None:
        """Call AssociateVpcCidrBlock."""
        added = self.service("ec2").associate_vpc_cidr_block(**self.given("CidrBlock", "VpcId"))
        self.physical_resource_id = added["CidrBlockAssociation"]["AssociationId"]
        self.attributes = {"Id": self.physical_resource_id}

    def remove(self) -> None:
        """Call DisassociateVpcCidrBlock."""
        self.service("ec2").disassociate_vpc_cidr_block(AssociationId=self.physical_resource_id)


class Subnet(Ec2Resource):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-subnet.html"""

    TYPE = "AWS::EC2::Subnet"
    PROPERTIES = frozenset(
        {
            *("AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "MapPublicIpOnLaunch"),
            *("Tags", "VpcId"),
        }
    )
    MUTABLE = frozenset({"MapPublicIpOnLaunch", "Tags"})

    def create(self) -> None:
        """Call CreateSubnet."""
        where = self.given("AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "VpcId")
        found = self.ec2.create_subnet(**where)["Subnet"]
        names = ("SubnetId", "AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "VpcId")
        self.exists_as(found["SubnetId"], **{name: found[name] for name in names})
        self._set_public()

    def update(self, before: Self) -> None:
        """Call ModifySubnetAttribute."""
        super().update(before)
        self._set_public()

    def remove(self) -> None:
        """Call DeleteSubnet."""
        self.ec2.delete_subnet(SubnetId=self.physical_resource_id)

    def _set_public(self) -> None:
        self.ec2.modify_subnet_attribute(
            SubnetId=self.physical_resource_id,
            MapPublicIpOnLaunch={"Value": self.properties.get("MapPublicIpOnLaunch", False)},
        )


class RouteTable(Ec2Resource):
    """AWS::EC2::RouteTable."""

    TYPE = "AWS::EC2::RouteTable"
    PROPERTIES = frozenset({"Tags", "VpcId"})

    def create(self) -> None:
        """Call CreateRouteTable."""
        table = self.ec2.create_route_table(**self.given("VpcId"))["RouteTable"]
        self.exists_as(table["RouteTableId"], RouteTableId=table["RouteTableId"])

    def remove(self) -> None:
        """Call DeleteRouteTable."""
        self.ec2.delete_route_table(RouteTableId=self.physical_resource_id)


class SubnetRouteTableAssociation(ServiceResource):
    """AWS::EC2::SubnetRouteTableAssociation."""

    TYPE = "AWS::EC2::SubnetRouteTableAssociation"
    PROPERTIES = frozenset({"RouteTableId", "SubnetId"})

    def create(self) -> None:
        """Call AssociateRouteTable."""
        answer = self.service("ec2").associate_route_table(**self.properties)
        self.physical_resource_id = answer["AssociationId"]
        self.attributes = {"Id": answer["AssociationId"]}

    def remove(self) -> None:
        """Call DisassociateRouteTable."""
        self.service("ec2").disassociate_route_table(AssociationId=self.physical_resource_id)


class Route(ServiceResource):
    """AWS::EC2::Route; Ref returns `table|destination`."""

    TYPE = "AWS::EC2::Route"
    PROPERTIES = frozenset({"DestinationCidrBlock", "GatewayId", "NatGatewayId", "RouteTableId"})
    MUTABLE = frozenset({"GatewayId", "NatGatewayId"})

    def create(self) -> None:
        """Call CreateRoute."""
        self.service("ec2").create_route(**self.properties)
        table, destination = (
            self.properties["RouteTableId"],
            self.properties["DestinationCidrBlock"],
        )
        self.physical_resource_id = f"{table}|{destination}"

    def update(self, before: Self) -> None:
        """Call ReplaceRoute."""
        self.service("ec2").replace_route(**self.properties)

    def remove(self) -> None:
        """Call DeleteRoute."""
        self.service("ec2").delete_route(**self.given("DestinationCidrBlock", "RouteTableId"))


class InternetGateway(Ec2Resource):
    """AWS::EC2::InternetGateway."""

    TYPE = "AWS::EC2::InternetGateway"
    PROPERTIES = frozenset({"Tags"})

    def create(self) -> None:
        """Call CreateInternetGateway."""
        identifier = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.exists_as(identifier, InternetGatewayId=identifier)

    def remove(self) -> None:
        """Call DeleteInternetGateway."""
        self.ec2.delete_internet_gateway(InternetGatewayId=self.physical_resource_id)


class VpcGatewayAttachment(ServiceResource):
    """AWS::EC2::VPCGatewayAttachment, for internet gateways only."""

    TYPE = "AWS::EC2::VPCGatewayAttachment"
    PROPERTIES = frozenset({"InternetGatewayId", "VpcId"})

    def create(self) -> None:
        """Call AttachInternetGateway."""
        self.service("ec2").attach_internet_gateway(**self.properties)
        self.physical_resource_id = f"IGW|{self.properties['VpcId']}"

    def remove(self) -> None:
        """Call DetachInternetGateway."""
        self.service("ec2").detach_internet_gateway(**self.properties)


class Eip(Ec2Resource):
    """AWS::EC2::EIP; Ref returns the address."""

    TYPE = "AWS::EC2::EIP"
    PROPERTIES = frozenset({"Domain", "Tags"})

    def create(self) -> None:
        """Call AllocateAddress."""
        address = self.ec2.allocate_address(**self.given("Domain"))
        self.attributes = {"AllocationId": address["AllocationId"], "PublicIp": address["PublicIp"]}
        self.exists_as(address["PublicIp"], **self.attributes)

    @property
    def tagged_id(self) -> str:
        """The allocation id: tags belong to the allocation."""
        allocation: str = self.attributes["AllocationId"]
        return allocation

    def remove(self) -> None:
        """Call ReleaseAddress."""
        self.ec2.release_address(AllocationId=self.tagged_id)


class NatGateway(Ec2Resource):
    """AWS::EC2::NatGateway."""

    TYPE = "AWS::EC2::NatGateway"
    PROPERTIES = frozenset({"AllocationId", "SubnetId", "Tags"})

    def create(self) -> None:
        """Call CreateNatGateway."""
        answer = self.ec2.create_nat_gateway(**self.given("AllocationId", "SubnetId"))
        identifier = answer["NatGateway"]["NatGatewayId"]
        self.exists_as(identifier, NatGatewayId=identifier)

    def remove(self) -> None:
        """Call DeleteNatGateway."""
        self.ec2.delete_nat_gateway(NatGatewayId=self.physical_resource_id)
