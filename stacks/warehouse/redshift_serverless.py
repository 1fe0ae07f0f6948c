"""A private, encrypted, audited Redshift Serverless workgroup with its namespace."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_redshiftserverless as redshiftserverless
from constructs import Construct

from stacks.common.removal_policy import removal_policy
from stacks.config import Warehouse
from stacks.warehouse.administrator import Administrator, administrator, reading_secret
from stacks.warehouse.warehouse_access import statement
from stacks.warehouse.warehouse_placement import (
    ADMINISTRATOR,
    DATABASE,
    PORT,
    WarehousePlacement,
)
from stacks.warehouse.workgroup_access import WorkgroupAccess

# Redshift Serverless writes its audit logs only to CloudWatch (Management Guide, "Database audit
# logging").
AUDIT_LOGS = ("userlog", "connectionlog", "useractivitylog")


class RedshiftServerless(Construct):
    """A namespace, which contains the data, and the workgroup that runs the queries.

    Redshift creates the administrator's password, keeps it in Secrets Manager and rotates it. It
    creates a recovery point every half hour and keeps it for a day. `exports` contains the name and
    the ARN of the workgroup, which stacks of pipelines from an earlier release import.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Warehouse,
        placement: WarehousePlacement,
    ) -> None:
        super().__init__(scope, name)
        self.security_group = placement.security_group(self)
        namespace = self._namespace(placement)
        workgroup = self._workgroup(namespace, settings, placement)
        namespace.apply_removal_policy(removal_policy(placement.retention))
        # The workgroup contains no data. If it were retained, its subnets and its security group
        # could not be deleted.
        workgroup.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
        arn = workgroup.attr_workgroup_workgroup_arn
        self.exports = [workgroup.ref, arn]
        self.access = WorkgroupAccess(workgroup=workgroup.ref, arn=arn, database=DATABASE)
        self.administrator = self._administrator(namespace, placement.key.key_arn)

    def _administrator(self, namespace: redshiftserverless.CfnNamespace, key: str) -> Administrator:
        """Return the connection with the secret of the namespace.

        CloudFormation does not return the secret's ARN (its coverage roadmap, issue 2021), so
        GetNamespace is called with NamespaceName. The ARN has a random suffix.
        """
        secret = cdk.Stack.of(self).format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=f"redshift!{namespace.namespace_name}-{ADMINISTRATOR}-??????",
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        return administrator(
            {
                "WorkgroupName": self.access.workgroup,
                "NamespaceName": namespace.ref,
                "Database": DATABASE,
            },
            arn=self.access.arn,
            login=[
                statement(
                    "FindSecret",
                    ["redshift-serverless:GetNamespace"],
                    [namespace.attr_namespace_namespace_arn],
                ),
                *reading_secret(secret, key),
            ],
        )

    def _namespace(self, placement: WarehousePlacement) -> redshiftserverless.CfnNamespace:
        return redshiftserverless.CfnNamespace(
            self,
            "Namespace",
            namespace_name=placement.identifier,
            db_name=DATABASE,
            admin_username=ADMINISTRATOR,
            manage_admin_password=True,
            admin_password_secret_kms_key_id=placement.key.key_id,
            kms_key_id=placement.key.key_id,
            iam_roles=[role.role_arn for role in placement.roles],
            default_iam_role_arn=placement.roles[0].role_arn,
            log_exports=list(AUDIT_LOGS),
        )

    def _workgroup(
        self,
        namespace: redshiftserverless.CfnNamespace,
        settings: Warehouse,
        placement: WarehousePlacement,
    ) -> redshiftserverless.CfnWorkgroup:
        return redshiftserverless.CfnWorkgroup(
            self,
            "Workgroup",
            workgroup_name=placement.identifier,
            namespace_name=namespace.ref,
            base_capacity=settings.base_capacity,
            port=PORT,
            publicly_accessible=False,
            enhanced_vpc_routing=True,
            subnet_ids=placement.subnet_ids,
            security_group_ids=[self.security_group.security_group_id],
            config_parameters=[
                redshiftserverless.CfnWorkgroup.ConfigParameterProperty(
                    parameter_key=key, parameter_value="true"
                )
                for key in ("require_ssl", "enable_user_activity_logging")
            ],
        )
