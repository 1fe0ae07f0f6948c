"""The AWS APIs that private jobs and the warehouse call without leaving the VPC."""

from __future__ import annotations

from collections.abc import Collection

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.config import refuse
from stacks.network.endpoint_policies import own_account
from stacks.network.private_vpc import private_subnets

_Service = ec2.InterfaceVpcEndpointAwsService
# Service prefix of IAM actions -> the name of the construct, and the endpoint of the service.
_ENDPOINTS: dict[str, tuple[str, ec2.InterfaceVpcEndpointAwsService]] = {
    "athena": ("Athena", _Service.ATHENA),
    "cloudwatch": ("Monitoring", _Service.CLOUDWATCH_MONITORING),
    "events": ("Events", _Service.EVENTBRIDGE),
    "glue": ("Glue", _Service.GLUE),
    "lambda": ("Lambda", _Service.LAMBDA_),
    # A processing job with a Redshift dataset gets temporary credentials from `redshift`, and runs
    # its UNLOAD through `redshift-data`.
    "redshift": ("Redshift", _Service.REDSHIFT),
    "redshift-data": ("RedshiftData", _Service.REDSHIFT_DATA),
    "sagemaker": ("SageMakerApi", _Service.SAGEMAKER_API),
    "secretsmanager": ("SecretsManager", _Service.SECRETS_MANAGER),
    "sns": ("Sns", _Service.SNS),
    "sqs": ("Sqs", _Service.SQS),
    "sts": ("Sts", _Service.STS),
}


class PrivateEndpoints(Construct):
    """One interface endpoint per service, whose security group allows only `clients`.

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
        self.group.add_ingress_rule(clients, ec2.Port.tcp(443), "TLS from jobs")
        for service in sorted(services):
            if service not in _ENDPOINTS:
                raise refuse(
                    "the service of an action that a job declares",
                    service,
                    allowed=", ".join(_ENDPOINTS),
                    remedy="add its endpoint to stacks/network/private_endpoints.py",
                )
            construct, endpoint = _ENDPOINTS[service]
            added = ec2.InterfaceVpcEndpoint(
                self,
                construct,
                vpc=vpc,
                service=endpoint,
                subnets=ec2.SubnetSelection(subnets=private_subnets(vpc)),
                security_groups=[self.group],
                # The security group allows only the clients. An open endpoint would allow the whole
                # VPC.
                open=False,
            )
            for statement in own_account(cdk.Stack.of(self)):
                added.add_to_policy(statement)
