"""Access to a provisioned cluster with temporary credentials of a database user."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.common.permissions import Scope
from stacks.common.redshift_arn import redshift_arn
from stacks.warehouse.warehouse_access import OWN_STATEMENTS, DatabaseUser, following, statement


@dataclass(frozen=True, kw_only=True)
class ClusterAccess:
    """Access to a database of a provisioned cluster, in the account and region of `scope`.

    Other stacks get the identifier as text, not as a reference: CloudFormation does not remove a
    cluster while another stack imports its export, so the warehouse could not become serverless.
    """

    scope: Construct
    identifier: str
    database: str

    @property
    def arn(self) -> str:
        """The ARN of the cluster."""
        return redshift_arn(self.scope, "cluster", self.identifier)

    def settings(self, user: DatabaseUser) -> dict[str, str]:
        """Return the cluster, the database and the user."""
        return {
            "CLUSTER_IDENTIFIER": self.identifier,
            "DATABASE": self.database,
            "DB_USER": user.name,
        }

    def admit(
        self, role: iam.IRole, user: DatabaseUser, *, results: bool = False
    ) -> list[iam.PolicyStatement]:
        """Allow temporary credentials of the database user; return the statements for the role."""
        return [
            statement("RunStatements", ["redshift-data:BatchExecuteStatement"], [self.arn]),
            self.becoming(user.name),
            following(results=results),
        ]

    def becoming(self, user: str) -> iam.PolicyStatement:
        """Allow temporary credentials of a database user."""
        actions = ["redshift:GetClusterCredentials"]
        return statement("BecomeUser", actions, self._credentials(user))

    def definition_values(self, user: DatabaseUser) -> dict[str, str]:
        """Return the cluster and the user whose credentials SageMaker requests."""
        return {"ClusterIdentifier": self.identifier, "DatabaseUser": user.name}

    def dataset_scopes(self, user: DatabaseUser) -> dict[str, Scope]:
        """Return the resources: the credentials of the user, and the statements of the cluster."""
        return {
            "redshift:GetClusterCredentials": Scope(resources=self._credentials(user.name)),
            "redshift-data:ExecuteStatement": Scope(resources=[self.arn]),
            "redshift-data:*": Scope(
                resources=["*"],
                conditions=OWN_STATEMENTS,
                reason="Statements have no ARN; the condition limits them to the role's own.",
            ),
        }

    def _credentials(self, user: str) -> list[str]:
        return [
            redshift_arn(self.scope, "dbuser", f"{self.identifier}/{user}"),
            redshift_arn(self.scope, "dbname", f"{self.identifier}/{self.database}"),
        ]
