"""The domain of Studio with its user profiles."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from stacks.config import Studio

# Between the servers of one user (SageMaker Developer Guide, "Connect Amazon SageMaker Studio in a
# VPC to External Resources").
PORTS = ec2.Port.tcp_range(8192, 65535)


class StudioDomain(Construct):
    """A domain in private subnets, without a home file system in EFS.

    Spaces of Studio have volumes of their own. A file system would remain after the domain, with
    network interfaces and security groups that block the deletion of the VPC
    (docs/studio.md).
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        domain_name: str,
        settings: Studio,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        group: ec2.ISecurityGroup,
        role: iam.IRole,
        key: kms.IKey,
        start: sagemaker.CfnStudioLifecycleConfig,
    ) -> None:
        super().__init__(scope, name)
        lab = sagemaker.CfnDomain.JupyterLabAppSettingsProperty(
            lifecycle_config_arns=[start.attr_studio_lifecycle_config_arn],
            default_resource_spec=sagemaker.CfnDomain.ResourceSpecProperty(
                instance_type="ml.t3.medium",
                lifecycle_config_arn=start.attr_studio_lifecycle_config_arn,
            ),
            app_lifecycle_management=_idle_shutdown(settings.idle_minutes),
        )
        self.domain = sagemaker.CfnDomain(
            self,
            "Domain",
            domain_name=domain_name,
            auth_mode="IAM",
            app_network_access_type="VpcOnly",
            home_efs_file_system_creation="Disabled",
            vpc_id=vpc.vpc_id,
            subnet_ids=[each.subnet_id for each in subnets],
            kms_key_id=key.key_id,
            default_user_settings=sagemaker.CfnDomain.UserSettingsProperty(
                execution_role=role.role_arn,
                security_groups=[group.security_group_id],
                studio_web_portal="ENABLED",
                default_landing_uri="studio::",
                auto_mount_home_efs="Disabled",
                jupyter_lab_app_settings=lab,
            ),
        )
        self.profiles = [
            sagemaker.CfnUserProfile(
                self, f"User{each}", domain_id=self.domain.ref, user_profile_name=each
            )
            for each in settings.users
        ]


def _idle_shutdown(minutes: int) -> sagemaker.CfnDomain.AppLifecycleManagementProperty:
    """Shut down an idle app. Users can choose no longer time."""
    return sagemaker.CfnDomain.AppLifecycleManagementProperty(
        idle_settings=sagemaker.CfnDomain.IdleSettingsProperty(
            lifecycle_management="ENABLED",
            idle_timeout_in_minutes=minutes,
            max_idle_timeout_in_minutes=minutes,
        )
    )
