"""Access of functions, jobs and commands to a warehouse of either kind.

A caller of a cluster requests temporary credentials of a named database user. In a serverless
workgroup, the database user is the IAM role of the caller. A tag of the IAM role lists the database
roles of this user.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from aws_cdk import aws_iam as iam

from stacks.common.acknowledge import acknowledge_wildcards
from stacks.common.permissions import Scope

# A statement of the Data API has no ARN; this condition limits a caller to its own statements.
OWN_STATEMENTS = {"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}}


# The service models of a function that binds values to its statements: `Parameters` of
# BatchExecuteStatement is newer than botocore 1.42.63 (March 2026).
BOUND_VALUES = ("redshift-data",)


def acknowledge_statements(policy: iam.Policy) -> None:
    """Accept the wildcard in a policy that limits a function to its own statements."""
    acknowledge_wildcards(
        policy,
        ["*"],
        "Statements of the Data API have no ARN; the condition limits them to the function's.",
    )


@dataclass(frozen=True, kw_only=True)
class DatabaseUser:
    """The identity of a function or a job in the database.

    The user `name` is a member of the role `role`. All permissions of the user are granted to the
    role.
    """

    name: str
    role: str


# The user of the pipelines of releases before `reader_of`. Migrations create it.
READER = DatabaseUser(name="pipeline_reader", role="pipeline_readers")
WRITER = DatabaseUser(name="prediction_writer", role="prediction_writers")


def reader_of(pipeline: str) -> DatabaseUser:
    """Return the user of a pipeline, which may read what the pipeline's queries read."""
    name = pipeline.replace("-", "_")
    return DatabaseUser(name=f"pipeline_reader_{name}", role=f"pipeline_readers_{name}")


class WarehouseAccess(Protocol):
    """The settings and the IAM permissions with which others access one database."""

    @property
    def database(self) -> str:
        """The name of the database."""

    def settings(self, user: DatabaseUser) -> dict[str, str]:
        """Return the environment variables with which a function calls the Data API as `user`."""

    def admit(
        self, role: iam.IRole, user: DatabaseUser, *, results: bool = False
    ) -> list[iam.PolicyStatement]:
        """Let `role` act as the database user `user`, run statements and read their status.

        With `results`, it may read their rows as well. The permission to read the status names all
        resources ("*") under a condition.
        """

    def definition_values(self, user: DatabaseUser) -> dict[str, str]:
        """Return the environment values for Redshift datasets; empty if there is no support."""

    def dataset_scopes(self, user: DatabaseUser) -> dict[str, Scope]:
        """Return the resources of the actions that a job with a Redshift dataset needs."""


def statement(sid: str, actions: list[str], resources: list[str]) -> iam.PolicyStatement:
    """Return a statement with the effect Allow."""
    return iam.PolicyStatement(sid=sid, actions=actions, resources=resources)


def following(*, results: bool) -> iam.PolicyStatement:
    """Allow to follow, to cancel and, with `results`, to read the caller's own statements."""
    reading = ["redshift-data:GetStatementResult"] if results else []
    return iam.PolicyStatement(
        sid="FollowOwnStatements",
        actions=["redshift-data:CancelStatement", "redshift-data:DescribeStatement", *reading],
        resources=["*"],
        conditions=OWN_STATEMENTS,
    )
