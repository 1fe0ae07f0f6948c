"""A private, encrypted, audited Redshift cluster."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_redshift as redshift
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.config import Warehouse
from stacks.constructs.lake import AUDIT_LOGS

DATABASE = "redline"
# Not the port that every scanner tries; RA3 clusters take 5431 to 5455.
PORT = 5440


def redshift_arn(scope: Construct, resource: str, name: str) -> str:
    """The ARN of a cluster, or of a database or user in one ("<cluster>/<name>")."""
    return cdk.Stack.of(scope).format_arn(
        service="redshift",
        resource=resource,
        resource_name=name,
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )


class RedshiftCluster(Construct):
    """The cluster with its parameters, subnets and security group.

    The service makes the administrator's password, keeps it in Secrets Manager and rotates it;
    `admin_secret_arn` names the secret.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        identifier: str,
        settings: Warehouse,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        key: kms.IKey,
        audit_logs: s3.IBucket,
        role: iam.IRole,
    ) -> None:
        super().__init__(scope, name)
        self.identifier = identifier
        self.arn = redshift_arn(self, "cluster", identifier)
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description="Warehouse: out to S3 and the Glue catalogue over TLS",
            allow_all_outbound=False,
        )
        # With enhanced routing its traffic goes through the VPC: COPY and UNLOAD to S3 by its
        # gateway, look-ups of external tables to Glue by its endpoint.
        self.security_group.add_egress_rule(
            ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "S3 by its gateway, Glue by its endpoint"
        )
        self.resource = redshift.CfnCluster(
            self,
            "Cluster",
            cluster_identifier=identifier,
            db_name=DATABASE,
            port=PORT,
            node_type=settings.node_type,
            cluster_type="single-node" if settings.nodes == 1 else "multi-node",
            # The service refuses NumberOfNodes with a single node (aws/aws-cdk issue 9856).
            number_of_nodes=None if settings.nodes == 1 else settings.nodes,
            master_username="redline_admin",
            manage_master_password=True,
            master_password_secret_kms_key_id=key.key_id,
            encrypted=True,
            kms_key_id=key.key_id,
            publicly_accessible=False,
            enhanced_vpc_routing=True,
            iam_roles=[role.role_arn],
            vpc_security_group_ids=[self.security_group.security_group_id],
            cluster_subnet_group_name=self._subnet_group(subnets).ref,
            cluster_parameter_group_name=self._parameters().ref,
            automated_snapshot_retention_period=settings.snapshot_retention_days,
            logging_properties=redshift.CfnCluster.LoggingPropertiesProperty(
                bucket_name=audit_logs.bucket_name, s3_key_prefix=AUDIT_LOGS
            ),
        )
        self.admin_secret_arn = self.resource.attr_master_password_secret_arn

    def _subnet_group(self, subnets: Sequence[ec2.ISubnet]) -> redshift.CfnClusterSubnetGroup:
        return redshift.CfnClusterSubnetGroup(
            self,
            "Subnets",
            description="Private subnets of the warehouse",
            subnet_ids=[subnet.subnet_id for subnet in subnets],
        )

    def _parameters(self) -> redshift.CfnClusterParameterGroup:
        parameters = {"require_ssl": "true", "enable_user_activity_logging": "true"}
        return redshift.CfnClusterParameterGroup(
            self,
            "Parameters",
            description="TLS only; statements are in the audit log",
            parameter_group_family="redshift-2.0",
            parameters=[
                redshift.CfnClusterParameterGroup.ParameterProperty(
                    parameter_name=name, parameter_value=value
                )
                for name, value in parameters.items()
            ],
        )
