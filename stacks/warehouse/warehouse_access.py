"""How functions, jobs and commands reach the warehouse, whichever kind it is.

On a cluster a caller asks for temporary credentials of a named database user. A serverless
workgroup has no such call: there the database user is the caller's IAM role, and it holds the
database roles that the IAM role carries in a tag.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from aws_cdk import aws_iam as iam

from stacks.common.permissions import Scope

DATABASE = "redline"
ADMINISTRATOR = "redline_admin"
# Not the port that every scanner tries. RA3 clusters take 5431 to 5455 and 8191 to 8215, and so
# do serverless workgroups.
PORT = 5440
# A statement of the Data API has no ARN; this condition keeps a caller to its own ones.
OWN_STATEMENTS = {"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}}


@dataclass(frozen=True, kw_only=True)
class DatabaseUser:
    """Whom a function is in the database.

    Migrations make the user `name` and the role `role`, and let the user hold the role: what it
    may do is granted to the role.
    """

    name: str
    role: str


READER = DatabaseUser(name="pipeline_reader", role="pipeline_readers")
WRITER = DatabaseUser(name="prediction_writer", role="prediction_writers")


class WarehouseAccess(Protocol):
    """The ways into one warehouse, as values and permissions of AWS."""

    def settings(self, user: DatabaseUser) -> dict[str, str]:
        """The environment variables with which a function calls the Data API as `user`."""

    def admit(self, role: iam.IRole, user: DatabaseUser) -> list[iam.PolicyStatement]:
        """Let `role` be `user`: what its policy must allow to run statements and to follow them.

        The statement about following names all resources ("*") under a condition.
        """

    def administrator_properties(self) -> dict[str, str]:
        """What a custom resource tells its function to become the administrator."""

    def administrator_statements(self) -> list[iam.PolicyStatement]:
        """What that function's policy must allow, besides the key of the secret."""

    def definition_values(self, user: DatabaseUser) -> dict[str, str]:
        """Values of a definition's parameters for a Redshift dataset; none where it cannot be."""

    def dataset_scopes(self, user: DatabaseUser) -> dict[str, Scope]:
        """Where a job may do what a Redshift dataset needs."""

    def outputs(self, user: DatabaseUser) -> dict[str, str]:
        """What the stack tells commands."""


def statement(sid: str, actions: list[str], resources: list[str]) -> iam.PolicyStatement:
    """A statement that allows."""
    return iam.PolicyStatement(sid=sid, actions=actions, resources=resources)


def following(*actions: str) -> iam.PolicyStatement:
    """Allow `actions` on statements that the caller itself has started."""
    return iam.PolicyStatement(
        sid="FollowOwnStatements",
        actions=list(actions),
        resources=["*"],
        conditions=OWN_STATEMENTS,
    )


def administering(arn: str) -> list[iam.PolicyStatement]:
    """Run any statement in the warehouse of that ARN, and read what it gives."""
    return [
        statement("RunStatements", ["redshift-data:BatchExecuteStatement"], [arn]),
        following(
            "redshift-data:CancelStatement",
            "redshift-data:DescribeStatement",
            "redshift-data:GetStatementResult",
        ),
    ]
