"""The IAM permissions that a request of the Data API needs besides its own action.

Source: "Authorizing access to the Amazon Redshift Data API": with DbUser the caller must be
allowed redshift:GetClusterCredentials, with a secret secretsmanager:GetSecretValue, and with
neither redshift:GetClusterCredentialsWithIAM, or redshift-serverless:GetCredentials of a workgroup.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from local_cloud.authorization.judge import judge
from local_cloud.authorization.needs import Need
from local_cloud.authorization.request_needs import secret_key_needs
from local_cloud.authorization.roles import session_of
from local_cloud.redshift.api.endpoint import Endpoint
from local_cloud.redshift.api.exceptions import AccessDeniedError


@dataclass(frozen=True)
class Caller:
    """Whoever signed a request; only an assumed role's session (`token`) is limited."""

    access_key: str
    token: str | None
    account: str

    def require(self, needs: Iterable[Need]) -> None:
        """Refuse unless every (action, resource ARN) is allowed."""
        session = session_of(self.access_key, self.token, self.account) if self.token else None
        if session is None:
            return
        for need in needs:
            decision = judge(session, need.action, need.resource, need.context)
            if not decision.allowed:
                raise AccessDeniedError(session.caller.session, need.action, str(need.resource))


def credential_needs(endpoint: Endpoint, *, database: str, user: str | None) -> list[Need]:
    """What temporary credentials need; without `user` they are of the caller's own identity."""
    if endpoint.kind == "WorkgroupName":
        return [Need("redshift-serverless:GetCredentials", endpoint.arn)]
    place = endpoint.arn.partition(":cluster:")[0]
    on_database = f"{place}:dbname:{endpoint.name}/{database}"
    if user is None:
        return [Need("redshift:GetClusterCredentialsWithIAM", on_database)]
    action = "redshift:GetClusterCredentials"
    return [Need(action, f"{place}:dbuser:{endpoint.name}/{user}"), Need(action, on_database)]


def tag_needs() -> list[Need]:
    """What a role needs so that its tag with database roles is read.

    Source: "Defining database roles to grant to federated users in Amazon Redshift Serverless".
    """
    return [Need("tag:GetResources", "*"), Need("tag:GetTagKeys", "*")]


def secret_needs(secret_arn: str, account: str, region: str) -> list[Need]:
    """What reading a secret needs, and the use of its key."""
    reading = Need("secretsmanager:GetSecretValue", secret_arn)
    return [reading, *secret_key_needs(secret_arn, account, region)]
