"""S3 as a statement reaches it: with the role that the statement names, if the cluster has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlparse

from botocore.exceptions import BotoCoreError, ClientError
from moto.iam.exceptions import NotFoundException

from local_cloud.authorization import RoleNotAssumable, check_trust
from local_cloud.context import Cloud
from local_cloud.redshift.statement_errors import StatementFailed, refused

_PRINCIPAL = "redshift.amazonaws.com"


@dataclass(frozen=True)
class S3Access:
    """S3, and what else a statement reaches, for one warehouse.

    `users` is the ARN of its database users without their names, each of which is an external id to
    a role's trust (Management Guide, "Restricting access to IAM roles"); `attached` gives its
    roles' ARNs.
    """

    cloud: Cloud
    users: str
    attached: Callable[[], list[str]]

    def client(self, role_arn: str, user: str, service: str = "s3") -> Any:
        """A client of a service with the role's credentials, obtained as the service obtains them.

        Source: "Authorizing COPY and UNLOAD operations using IAM roles": the role must be
        associated with the warehouse.
        """
        if "," in role_arn:
            raise refused("role chaining in IAM_ROLE")
        if role_arn not in self.attached():
            raise self._not_authorized(role_arn, user)
        try:
            check_trust(role_arn, _PRINCIPAL, external_id=f"{self.users}/{user}")
            return self.cloud.client(service, role_arn=role_arn, session="redshift")
        except (RoleNotAssumable, NotFoundException, BotoCoreError, ClientError) as error:
            raise self._not_authorized(role_arn, user) from error

    def _not_authorized(self, role_arn: str, user: str) -> StatementFailed:
        attached = ", ".join(self.attached()) or "none"
        return StatementFailed(
            f"ERROR: User {self.users}/{user} is not authorized to assume IAM Role {role_arn}. "
            f"Roles attached to the cluster: {attached}"
        )


def location(uri: str) -> tuple[str, str]:
    """Bucket and key prefix of `s3://bucket/prefix`."""
    parsed = urlparse(uri)
    if parsed.scheme != "s3" or not parsed.netloc:
        raise StatementFailed(
            f"ERROR: the path {uri!r} is not an S3 path: write s3://bucket/prefix"
        )
    # A question mark or a hash belongs to the key.
    return parsed.netloc, uri.split("/", 3)[3] if uri.count("/") > 2 else ""


@contextmanager
def s3_errors(bucket: str) -> Iterator[None]:
    """Raise what S3 says in Redshift's words."""
    try:
        yield
    except ClientError as error:
        found = error.response["Error"]
        status = error.response["ResponseMetadata"].get("HTTPStatusCode", 400)
        raise StatementFailed(
            f"ERROR: S3ServiceException:{found.get('Message', '')},Status {status},"
            f"Error {found['Code']} (bucket {bucket})"
        ) from error


def objects(client: Any, bucket: str, prefix: str) -> list[str]:
    """The keys under a prefix, in S3's order."""
    with s3_errors(bucket):
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [found["Key"] for page in pages for found in page.get("Contents", ())]
