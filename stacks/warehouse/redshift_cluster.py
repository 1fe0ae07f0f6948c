"""A private, encrypted, audited Redshift cluster."""

from __future__ import annotations

from aws_cdk import aws_redshift as redshift
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.common.removal_policy import cluster_removal_policy
from stacks.config import Warehouse
from stacks.lake.lake_buckets import AUDIT_LOGS
from stacks.warehouse.administrator import administrator, reading_secret
from stacks.warehouse.cluster_access import ClusterAccess
from stacks.warehouse.cluster_pause import ClusterPause
from stacks.warehouse.warehouse_placement import (
    ADMINISTRATOR,
    DATABASE,
    PORT,
    WarehousePlacement,
)

# In UTC, before the first schedule of the day.
MAINTENANCE = "sun:02:00-sun:02:30"


class RedshiftCluster(Construct):
    """The cluster with its parameters, subnets and security group.

    Redshift creates the administrator's password, keeps it in Secrets Manager and rotates it.
    `exports` contains the identifier, which stacks of pipelines from an earlier release import.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Warehouse,
        placement: WarehousePlacement,
        audit_logs: s3.IBucket,
    ) -> None:
        super().__init__(scope, name)
        self.security_group = placement.security_group(self)
        cluster = redshift.CfnCluster(
            self,
            "Cluster",
            cluster_identifier=placement.identifier,
            db_name=DATABASE,
            port=PORT,
            node_type=settings.node_type,
            cluster_type="single-node" if settings.nodes == 1 else "multi-node",
            # Redshift rejects NumberOfNodes with a single node (aws/aws-cdk issue 9856).
            number_of_nodes=None if settings.nodes == 1 else settings.nodes,
            master_username=ADMINISTRATOR,
            manage_master_password=True,
            master_password_secret_kms_key_id=placement.key.key_id,
            encrypted=True,
            kms_key_id=placement.key.key_id,
            publicly_accessible=False,
            enhanced_vpc_routing=True,
            iam_roles=[role.role_arn for role in placement.roles],
            vpc_security_group_ids=[self.security_group.security_group_id],
            cluster_subnet_group_name=self._subnet_group(placement).ref,
            cluster_parameter_group_name=self._parameters().ref,
            automated_snapshot_retention_period=settings.snapshot_retention_days,
            allow_version_upgrade=True,
            preferred_maintenance_window=MAINTENANCE,
            logging_properties=redshift.CfnCluster.LoggingPropertiesProperty(
                bucket_name=audit_logs.bucket_name, s3_key_prefix=AUDIT_LOGS
            ),
        )
        cluster.apply_removal_policy(cluster_removal_policy(placement.retention))
        self.exports = [cluster.ref]
        self.access = ClusterAccess(scope=self, identifier=placement.identifier, database=DATABASE)
        if settings.pause:
            ClusterPause(self, "Pause", pause=settings.pause, cluster=cluster, arn=self.access.arn)
        secret = cluster.attr_master_password_secret_arn
        self.administrator = administrator(
            {"ClusterIdentifier": cluster.ref, "Database": DATABASE, "SecretArn": secret},
            arn=self.access.arn,
            login=reading_secret(secret, placement.key.key_arn),
        )

    def _subnet_group(self, placement: WarehousePlacement) -> redshift.CfnClusterSubnetGroup:
        return redshift.CfnClusterSubnetGroup(
            self,
            "Subnets",
            description="Private subnets of the warehouse",
            subnet_ids=placement.subnet_ids,
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
