"""The IAM permissions that a request to the Data API requires in addition to its own action.

Source: "Authorizing access to the Amazon Redshift Data API". A request with DbUser requires
redshift:GetClusterCredentials; a request with a secret requires secretsmanager:GetSecretValue. All
others require redshift:GetClusterCredentialsWithIAM, or redshift-serverless:GetCredentials.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from local_cloud.authentication.caller import Signature
from local_cloud.authorization.authorizer import evaluate_call
from local_cloud.authorization.iam_roles import session_of
from local_cloud.authorization.request_permissions import secret_key_permissions
from local_cloud.authorization.required_permission import RequiredPermission
from local_cloud.redshift.api.exceptions import AccessDeniedError
from local_cloud.redshift.api.warehouse_endpoint import WarehouseEndpoint


@dataclass(frozen=True)
class DataApiCaller:
    """The identity that signed a request. Only the session of a role is authorized."""

    signature: Signature | None
    account: str

    def require(self, permissions: Iterable[RequiredPermission]) -> None:
        """Raise AccessDeniedError unless the caller has all the permissions."""
        signature = self.signature
        if signature is None or signature.token is None:
            return
        session = session_of(signature.access_key, signature.token, self.account)
        if session is None:
            return
        for permission in permissions:
            decision = evaluate_call(
                session, permission.action, permission.resource, permission.context
            )
            if not decision.allowed:
                raise AccessDeniedError(
                    session.caller.session, permission.action, str(permission.resource)
                )


def credential_permissions(
    endpoint: WarehouseEndpoint, *, database: str, user: str | None
) -> list[RequiredPermission]:
    """Return the permissions for temporary credentials; for the caller's identity if no `user`."""
    if endpoint.kind == "WorkgroupName":
        return [RequiredPermission("redshift-serverless:GetCredentials", endpoint.arn)]
    arn_prefix = endpoint.arn.partition(":cluster:")[0]
    on_database = f"{arn_prefix}:dbname:{endpoint.name}/{database}"
    if user is None:
        return [RequiredPermission("redshift:GetClusterCredentialsWithIAM", on_database)]
    action = "redshift:GetClusterCredentials"
    return [
        RequiredPermission(action, f"{arn_prefix}:dbuser:{endpoint.name}/{user}"),
        RequiredPermission(action, on_database),
    ]


def tag_permissions() -> list[RequiredPermission]:
    """Return the permissions to read the role's tag that lists database roles.

    Source: "Defining database roles to grant to federated users in Amazon Redshift Serverless".
    """
    return [RequiredPermission("tag:GetResources", "*"), RequiredPermission("tag:GetTagKeys", "*")]


def secret_permissions(secret_arn: str, account: str, region: str) -> list[RequiredPermission]:
    """Return the permissions to read a secret and to use its key."""
    reading = RequiredPermission("secretsmanager:GetSecretValue", secret_arn)
    return [reading, *secret_key_permissions(secret_arn, account, region)]
