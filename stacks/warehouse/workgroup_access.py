"""Access to a serverless workgroup as the caller's IAM role, with the database roles in its tag."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from stacks.common.permissions import Scope
from stacks.warehouse.warehouse_access import DatabaseUser, following, statement

# Read by GetCredentials: database roles, separated by colons (Management Guide, "Defining database
# roles to grant to federated users in Amazon Redshift Serverless").
ROLES_TAG = "RedshiftDbRoles"


@dataclass(frozen=True, kw_only=True)
class WorkgroupAccess:
    """Access to a database of a serverless workgroup, which has a name and an ARN."""

    workgroup: str
    arn: str
    database: str

    def settings(self, user: DatabaseUser) -> dict[str, str]:
        """Return the workgroup and the database; the function's role determines the user."""
        return {"WORKGROUP_NAME": self.workgroup, "DATABASE": self.database}

    def admit(
        self, role: iam.IRole, user: DatabaseUser, *, results: bool = False
    ) -> list[iam.PolicyStatement]:
        """Tag the IAM role with its database roles, and allow it to log in as itself."""
        cdk.Tags.of(role).add(ROLES_TAG, user.role)
        return [
            statement("RunStatements", ["redshift-data:BatchExecuteStatement"], [self.arn]),
            statement("BecomeUser", ["redshift-serverless:GetCredentials"], [self.arn]),
            statement("ReadOwnTags", ["tag:GetResources", "tag:GetTagKeys"], ["*"]),
            following(results=results),
        ]

    def definition_values(self, user: DatabaseUser) -> dict[str, str]:
        """Return nothing: Redshift datasets of SageMaker support only clusters."""
        return {}

    def dataset_scopes(self, user: DatabaseUser) -> dict[str, Scope]:
        """Return nothing: no job has a Redshift dataset."""
        return {}
