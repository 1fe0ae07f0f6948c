"""Access to a provisioned cluster with temporary credentials of a database user."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_redshift as redshift

from stacks.common.permissions import Scope
from stacks.common.redshift_arn import redshift_arn
from stacks.warehouse.warehouse_access import (
    DATABASE,
    OWN_STATEMENTS,
    DatabaseUser,
    administering,
    following,
    statement,
)


@dataclass(frozen=True, kw_only=True)
class ClusterAccess:
    """Access to a provisioned cluster.

    Other stacks get the identifier as text, not as a reference: CloudFormation does not remove a
    cluster while another stack imports its export, so the warehouse could not become serverless.
    """

    cluster: redshift.CfnCluster
    identifier: str

    def settings(self, user: DatabaseUser) -> dict[str, str]:
        """Return the cluster, the database and the user."""
        return {
            "CLUSTER_IDENTIFIER": self.identifier,
            "DATABASE": DATABASE,
            "DB_USER": user.name,
        }

    def admit(self, role: iam.IRole, user: DatabaseUser) -> list[iam.PolicyStatement]:
        """Allow temporary credentials of the database user; return the statements for the role."""
        return [
            statement("RunStatements", ["redshift-data:BatchExecuteStatement"], [self._arn()]),
            statement("BecomeUser", ["redshift:GetClusterCredentials"], self._credentials(user)),
            following("redshift-data:CancelStatement", "redshift-data:DescribeStatement"),
        ]

    def administrator_properties(self) -> dict[str, str]:
        """Return the cluster and the secret that Redshift manages."""
        return {
            "ClusterIdentifier": self.cluster.ref,
            "Database": DATABASE,
            "SecretArn": self.cluster.attr_master_password_secret_arn,
        }

    def administrator_statements(self) -> list[iam.PolicyStatement]:
        """Allow statements with the secret, and their results."""
        secret = self.cluster.attr_master_password_secret_arn
        return [
            *administering(self._arn()),
            statement("ReadAdministratorSecret", ["secretsmanager:GetSecretValue"], [secret]),
        ]

    def definition_values(self, user: DatabaseUser) -> dict[str, str]:
        """Return the cluster and the user whose credentials SageMaker requests."""
        return {"ClusterIdentifier": self.identifier, "DatabaseUser": user.name}

    def dataset_scopes(self, user: DatabaseUser) -> dict[str, Scope]:
        """Return the resources: the credentials of the user, and the statements of the cluster."""
        return {
            "redshift:GetClusterCredentials": Scope(resources=self._credentials(user)),
            "redshift-data:ExecuteStatement": Scope(resources=[self._arn()]),
            "redshift-data:*": Scope(
                resources=["*"],
                conditions=OWN_STATEMENTS,
                reason="Statements have no ARN; the condition limits them to the role's own.",
            ),
        }

    def outputs(self) -> dict[str, str]:
        """Return the cluster, its database and its secret."""
        return {
            "ClusterIdentifier": self.cluster.ref,
            "DatabaseName": DATABASE,
            "AdminSecretArn": self.cluster.attr_master_password_secret_arn,
        }

    def exports(self) -> list[str]:
        """Return the identifier, which stacks of pipelines from an earlier release import."""
        return [self.cluster.ref]

    def _arn(self) -> str:
        return redshift_arn(self.cluster, "cluster", self.identifier)

    def _credentials(self, user: DatabaseUser) -> list[str]:
        return [
            redshift_arn(self.cluster, "dbuser", f"{self.identifier}/{user.name}"),
            redshift_arn(self.cluster, "dbname", f"{self.identifier}/{DATABASE}"),
        ]
