"""Access to S3 with the role that a statement names. The role must be attached to the cluster."""

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
    """Access of one warehouse to S3 and other services.

    `users` is the ARN of the database users without the user names. The ARN of a user is the
    external id in the trust policy of a role (Management Guide, "Restricting access to IAM roles").
    `attached` returns the ARNs of the warehouse's roles.
    """

    cloud: Cloud
    users: str
    attached: Callable[[], list[str]]

    def client(self, role_arn: str, user: str, service: str = "s3") -> Any:
        """Return a client with the credentials of the role. Redshift must be able to assume it.

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
    """Return the bucket and the key prefix of `s3://bucket/prefix`."""
    parsed = urlparse(uri)
    if parsed.scheme != "s3" or not parsed.netloc:
        raise StatementFailed(
            f"ERROR: the path {uri!r} is not an S3 path: write s3://bucket/prefix"
        )
    # A question mark or a hash is part of the key.
    return parsed.netloc, uri.split("/", 3)[3] if uri.count("/") > 2 else ""


@contextmanager
def s3_errors(bucket: str) -> Iterator[None]:
    """Raise the errors of S3 as StatementFailed with Redshift's message."""
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
    """Return the keys under a prefix, in S3's order."""
    with s3_errors(bucket):
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [found["Key"] for page in pages for found in page.get("Contents", ())]
