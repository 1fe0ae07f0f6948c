"""The AWS APIs that private jobs and the warehouse call without leaving the VPC."""

from __future__ import annotations

from collections.abc import Collection

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.config import ExistingNetwork, Network, refuse
from stacks.network.endpoint_policies import own_account
from stacks.network.endpoint_services import ENDPOINT_SERVICES
from stacks.network.private_vpc import private_subnets

# Service -> the name of the construct, where it is not the service in CamelCase.
_CONSTRUCTS = {
    "cloudwatch": "Monitoring",
    "sagemaker": "SageMakerApi",
    "sagemaker-featurestore-runtime": "FeatureStoreRuntime",
    "secretsmanager": "SecretsManager",
}
# Service -> the start of the name of its endpoint, if it is not com.amazonaws.
_PREFIXES = {"sagemaker-studio": "aws.sagemaker"}


class PrivateEndpoints(Construct):
    """One interface endpoint per service. In a VPC of the app, only `clients` may connect to them.

    `services` are the services that jobs and the warehouse call, by their prefix in IAM actions. An
    endpoint without a caller would still cost money in each zone. `group` is the security group;
    other stacks add their clients to it.

    Raises:
        ConfigurationError: no endpoint of a service is known.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        vpc: ec2.IVpc,
        network: Network | ExistingNetwork,
        clients: ec2.ISecurityGroup,
        services: Collection[str],
    ) -> None:
        super().__init__(scope, name)
        self.group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description="Interface endpoints: in over TLS from jobs, nothing out",
            allow_all_outbound=False,
        )
        tls = ec2.Port.tcp(443)
        self.group.add_ingress_rule(clients, tls, "TLS from jobs")
        if isinstance(network, ExistingNetwork):
            # Their private DNS names are those of the service in the whole VPC.
            self.group.add_ingress_rule(ec2.Peer.ipv4(network.cidr), tls, "TLS from the VPC")
        for service in sorted(services):
            if service not in ENDPOINT_SERVICES:
                raise refuse(
                    "the service of an action that a job declares",
                    service,
                    allowed=", ".join(ENDPOINT_SERVICES),
                    remedy="add its endpoint to stacks/network/endpoint_services.py",
                )
            added = ec2.InterfaceVpcEndpoint(
                self,
                _construct(service),
                vpc=vpc,
                service=ec2.InterfaceVpcEndpointAwsService(
                    ENDPOINT_SERVICES[service], _PREFIXES.get(service)
                ),
                subnets=ec2.SubnetSelection(subnets=private_subnets(vpc)),
                security_groups=[self.group],
                # The security group allows only the clients. An open endpoint would allow the whole
                # VPC.
                open=False,
            )
            for statement in own_account(cdk.Stack.of(self)):
                added.add_to_policy(statement)


def _construct(service: str) -> str:
    words = service.split("-")
    return _CONSTRUCTS.get(service) or "".join(word.capitalize() for word in words)
