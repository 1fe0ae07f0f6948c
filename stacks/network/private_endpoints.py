"""The AWS APIs that private jobs and the warehouse call without leaving the VPC."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.network.private_vpc import private_subnets

_Service = ec2.InterfaceVpcEndpointAwsService
SERVICES: dict[str, ec2.InterfaceVpcEndpointAwsService] = {
    "SageMakerApi": _Service.SAGEMAKER_API,
    "SageMakerRuntime": _Service.SAGEMAKER_RUNTIME,
    # A Redshift dataset of a processing job gets temporary credentials here …
    "Redshift": _Service.REDSHIFT,
    # … and runs its UNLOAD here.
    "RedshiftData": _Service.REDSHIFT_DATA,
    # The warehouse reads its external tables here: its traffic stays in the VPC, too.
    "Glue": _Service.GLUE,
    "SecretsManager": _Service.SECRETS_MANAGER,
    "Sts": _Service.STS,
    "Logs": _Service.CLOUDWATCH_LOGS,
    "Monitoring": _Service.CLOUDWATCH_MONITORING,
    "Kms": _Service.KMS,
    "EcrApi": _Service.ECR,
    "EcrDocker": _Service.ECR_DOCKER,
}


class PrivateEndpoints(Construct):
    """One interface endpoint per service, with a security group that admits only `clients`.

    `group` is that security group; other stacks add their clients to it.
    """

    def __init__(
        self, scope: Construct, name: str, *, vpc: ec2.IVpc, clients: ec2.ISecurityGroup
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
        for service_name, service in SERVICES.items():
            ec2.InterfaceVpcEndpoint(
                self,
                service_name,
                vpc=vpc,
                service=service,
                subnets=ec2.SubnetSelection(subnets=private_subnets(vpc)),
                security_groups=[self.group],
                # The security group admits the clients; an open endpoint would admit the whole VPC.
                open=False,
            )
