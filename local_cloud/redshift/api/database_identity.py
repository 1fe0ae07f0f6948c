"""Determines the database user of a request to the Data API."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from moto.iam import iam_backends
from moto.secretsmanager import secretsmanager_backends
from moto.secretsmanager.exceptions import SecretsManagerClientError

from local_cloud.moto_lock import MOTO
from local_cloud.redshift.access_control import User
from local_cloud.redshift.api.exceptions import ValidationError
from local_cloud.redshift.sql.database_users import password_matches
from local_cloud.redshift.statement_errors import StatementFailed
from local_cloud.redshift.warehouse import Warehouse

# The tag of an IAM role with the database roles of its users, separated by colons.
ROLES_TAG = "RedshiftDbRoles"


@dataclass(frozen=True)
class Login:
    """The name and the password of a database user. Temporary credentials have no password."""

    user: str
    password: str | None = None

    def check(self, warehouse: Warehouse, master_password: str | None) -> None:
        """Raise StatementFailed, with the error of the database, for a wrong password."""
        if self.password is None:
            return
        user = warehouse.access.users.get(self.user, User(self.user))
        if user.name == warehouse.master and user.password is None:
            user = replace(user, password=master_password)
        if not password_matches(user, self.password):
            raise StatementFailed(f'FATAL: password authentication failed for user "{self.user}"')


def login_of_secret(secret_arn: str, account: str, region: str) -> Login:
    """Return the user name and the password in a secret, which must be a JSON object."""
    try:
        with MOTO.held():
            found = secretsmanager_backends[account][region].get_secret_value(
                secret_id=secret_arn, version_id="", version_stage="AWSCURRENT"
            )
    except SecretsManagerClientError as error:
        raise ValidationError(f"Secret {secret_arn} cannot be read: {error}") from error
    try:
        values = json.loads(found["SecretString"])
        return Login(values["username"], values["password"])
    except (KeyError, ValueError) as error:
        raise ValidationError(
            f"Secret {secret_arn} must be a JSON object with username and password"
        ) from error


def tagged_roles(arn: str) -> list[str]:
    """Return the database roles in the tag of the caller's IAM role; empty for an IAM user."""
    kind, *names = arn.split(":")[-1].split("/")
    if kind != "assumed-role":
        return []
    role = iam_backends[arn.split(":")[4]]["aws"].get_role(names[0])
    tags = {tag["Key"]: tag["Value"] for tag in role.tags}
    return [name for name in tags.get(ROLES_TAG, "").split(":") if name]


def login_of_caller(arn: str, warehouse: Warehouse, roles: Iterable[str]) -> Login:
    """Return the database user of an IAM identity: IAM:user or IAMR:role.

    The user is created at the first log-in. The user gets those of `roles` that exist in the
    database. Source: GetClusterCredentialsWithIAM, and "Defining database roles to grant to
    federated users".
    """
    kind, *names = arn.split(":")[-1].split("/")
    name = f"IAMR:{names[0]}" if kind == "assumed-role" else f"IAM:{names[-1]}"
    create_user(warehouse, name)
    missing = {(f"user {name}", role) for role in roles} - warehouse.access.memberships
    if missing:
        with warehouse.writing:
            known = {member for member in missing if member[1] in warehouse.access.roles}
            warehouse.set_access(warehouse.access.with_memberships(known))
    return Login(name)


def create_user(warehouse: Warehouse, name: str) -> None:
    """Create a user without a password. No-op if the user exists."""
    if name in warehouse.access.users:
        return
    with warehouse.writing:
        if name not in warehouse.access.users:
            warehouse.set_access(warehouse.access.with_user(User(name)))
