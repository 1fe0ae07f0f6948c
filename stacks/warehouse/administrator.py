"""The connection with which the migrations of a warehouse run, and what commands read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_iam as iam

from stacks.warehouse.warehouse_access import following, statement

# Name in a request to the Data API -> name of the output of the stack.
_OUTPUTS = {"Database": "DatabaseName", "DbUser": "AdminUser", "SecretArn": "AdminSecretArn"}


@dataclass(frozen=True, kw_only=True)
class Administrator:
    """The properties with which a custom resource connects, and the permissions that it needs."""

    properties: Mapping[str, str]
    statements: Sequence[iam.PolicyStatement]


def administrator(
    properties: Mapping[str, str], *, arn: str, login: Sequence[iam.PolicyStatement]
) -> Administrator:
    """Return the connection to the warehouse `arn`; `login` allows the use of its credentials."""
    return Administrator(
        properties=properties,
        statements=[
            statement("RunStatements", ["redshift-data:BatchExecuteStatement"], [arn]),
            following(results=True),
            *login,
        ],
    )


def outputs_of(properties: Mapping[str, str]) -> dict[str, str]:
    """Return the properties of a connection as outputs of the stack, for commands."""
    return {_OUTPUTS.get(name, name): value for name, value in properties.items()}


def reading_secret(arn: str, *keys: str) -> list[iam.PolicyStatement]:
    """Allow reading the secret of the administrator; `keys` are the ARNs of its customer keys."""
    reading = statement("ReadAdministratorSecret", ["secretsmanager:GetSecretValue"], [arn])
    decrypting = statement("DecryptSecret", ["kms:Decrypt"], list(keys))
    return [reading, decrypting] if keys else [reading]
