"""The IAM permissions that a request of the Data API needs besides its own action.

Source: "Authorizing access to the Amazon Redshift Data API": with DbUser the caller must be
allowed redshift:GetClusterCredentials, with a secret secretsmanager:GetSecretValue, and with
neither redshift:GetClusterCredentialsWithIAM.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from local_cloud.authorization.policy import is_allowed
from local_cloud.authorization.roles import policies_of, role_of
from local_cloud.redshift.api.exceptions import AccessDeniedError

Need = tuple[str, str]


@dataclass(frozen=True)
class Caller:
    """Whoever signed a request; only an assumed role's session (`token`) is limited."""

    access_key: str
    token: str | None
    account: str

    def require(self, needs: Iterable[Need]) -> None:
        """Refuse unless every (action, resource ARN) is allowed."""
        role = role_of(self.access_key, self.account) if self.token is not None else None
        if role is None:
            return
        name, session = role
        documents = policies_of(name, self.account)
        for action, resource in needs:
            if not is_allowed(documents, action, resource):
                raise AccessDeniedError(session, action, resource)


def credential_needs(*, place: str, cluster: str, database: str, user: str | None) -> list[Need]:
    """What temporary credentials need; `place` is `arn:aws:redshift:REGION:ACCOUNT`."""
    on_database = f"{place}:dbname:{cluster}/{database}"
    if user is None:
        return [("redshift:GetClusterCredentialsWithIAM", on_database)]
    action = "redshift:GetClusterCredentials"
    return [(action, f"{place}:dbuser:{cluster}/{user}"), (action, on_database)]


def secret_needs(secret_arn: str) -> list[Need]:
    """What reading a secret needs."""
    return [("secretsmanager:GetSecretValue", secret_arn)]
