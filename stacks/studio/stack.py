"""The studio stack: a workplace for notebooks, with the permissions of its users."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from stacks.base import RedlineStack
from stacks.config import Studio
from stacks.network.private_vpc import private_subnets
from stacks.platform import Platform
from stacks.studio.domain_emptier import DomainEmptier
from stacks.studio.repository import repository_asset, start_script
from stacks.studio.studio_domain import PORTS, StudioDomain
from stacks.studio.studio_role import studio_role

# The services that notebooks and Studio itself call from the VPC, by the prefix of their actions.
# https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html
SERVICES = frozenset(
    {"logs", "redshift-data", "sagemaker", "sagemaker-runtime", "sagemaker-studio", "sts"}
)


class StudioStack(RedlineStack):
    """A domain, a profile for each user, and the role with which they work."""

    def __init__(self, scope: Construct, platform: Platform, settings: Studio) -> None:
        environment, network = platform.environment, platform.network
        super().__init__(
            scope,
            "studio",
            environment=environment,
            description="SageMaker Studio, its users and their permissions",
        )
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=network.vpc,
            description="Studio: out to AWS over TLS, nothing in but its own servers",
            allow_all_outbound=False,
        )
        group.connections.allow_internally(PORTS, "Servers of one user")
        network.connect(group, "TLS from Studio")
        repository = repository_asset(self, "Repository", wheels=settings.wheels)
        start = sagemaker.CfnStudioLifecycleConfig(
            self,
            "Start",
            # The content cannot change, so that a change is another configuration.
            studio_lifecycle_config_name=f"redline-{environment.name}-{repository.asset_hash[:12]}",
            studio_lifecycle_config_app_type="JupyterLab",
            studio_lifecycle_config_content=start_script(repository),
        )
        role = studio_role(self, platform, repository=repository)
        studio = StudioDomain(
            self,
            "Studio",
            domain_name=f"redline-{environment.name}",
            settings=settings,
            vpc=network.vpc,
            subnets=private_subnets(network.vpc),
            group=group,
            role=role,
            key=platform.key,
            start=start,
        )
        DomainEmptier(
            self,
            "Emptier",
            domain=studio.domain,
            profiles=studio.profiles,
            key=platform.key,
            retention=platform.retention,
        )
        self.output("StudioDomainId", studio.domain.ref)
        self.output("StudioRoleArn", role.role_arn)
