"""Access to a serverless workgroup as the caller's IAM role, with the database roles in its tag."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_redshiftserverless as redshiftserverless

from stacks.common.permissions import Scope
from stacks.warehouse.warehouse_access import (
    ADMINISTRATOR,
    DATABASE,
    DatabaseUser,
    administering,
    following,
    statement,
)

# Read by GetCredentials: database roles, separated by colons (Management Guide, "Defining database
# roles to grant to federated users in Amazon Redshift Serverless").
ROLES_TAG = "RedshiftDbRoles"


@dataclass(frozen=True, kw_only=True)
class WorkgroupAccess:
    """Access to a serverless workgroup and its namespace."""

    namespace: redshiftserverless.CfnNamespace
    workgroup: redshiftserverless.CfnWorkgroup

    def settings(self, user: DatabaseUser) -> dict[str, str]:
        """Return the workgroup and the database; the function's role determines the user."""
        return {"WORKGROUP_NAME": self.workgroup.ref, "DATABASE": DATABASE}

    def admit(self, role: iam.IRole, user: DatabaseUser) -> list[iam.PolicyStatement]:
        """Tag the IAM role with its database roles, and allow it to log in as itself."""
        cdk.Tags.of(role).add(ROLES_TAG, user.role)
        return [
            statement("RunStatements", ["redshift-data:BatchExecuteStatement"], [self._arn()]),
            statement("BecomeUser", ["redshift-serverless:GetCredentials"], [self._arn()]),
            statement("ReadOwnTags", ["tag:GetResources", "tag:GetTagKeys"], ["*"]),
            following("redshift-data:CancelStatement", "redshift-data:DescribeStatement"),
        ]

    def administrator_properties(self) -> dict[str, str]:
        """Return the workgroup and the namespace. GetNamespace returns the ARN of the secret."""
        return {
            "WorkgroupName": self.workgroup.ref,
            "NamespaceName": self.namespace.ref,
            "Database": DATABASE,
        }

    def administrator_statements(self) -> list[iam.PolicyStatement]:
        """Allow reading the secret's ARN from the namespace, statements with it, and their results.

        CloudFormation does not return the secret's ARN (its coverage roadmap, issue 2021).
        """
        namespace = self.namespace.attr_namespace_namespace_arn
        return [
            *administering(self._arn()),
            statement("FindSecret", ["redshift-serverless:GetNamespace"], [namespace]),
            statement(
                "ReadAdministratorSecret", ["secretsmanager:GetSecretValue"], [self.secret_pattern]
            ),
        ]

    @property
    def secret_pattern(self) -> str:
        """A pattern for the ARN of the administrator's secret, which has a random suffix."""
        name = f"redshift!{self.namespace.namespace_name}-{ADMINISTRATOR}-??????"
        return cdk.Stack.of(self.namespace).format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=name,
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )

    def definition_values(self, user: DatabaseUser) -> dict[str, str]:
        """Return nothing: Redshift datasets of SageMaker support only clusters."""
        return {}

    def dataset_scopes(self, user: DatabaseUser) -> dict[str, Scope]:
        """Return nothing: no job has a Redshift dataset."""
        return {}

    def outputs(self) -> dict[str, str]:
        """Return the workgroup, its namespace and its database."""
        return {
            "WorkgroupName": self.workgroup.ref,
            "NamespaceName": self.namespace.ref,
            "DatabaseName": DATABASE,
        }

    def exports(self) -> list[str]:
        """Return the name and the ARN of the workgroup."""
        return [self.workgroup.ref, self._arn()]

    def _arn(self) -> str:
        return self.workgroup.attr_workgroup_workgroup_arn
