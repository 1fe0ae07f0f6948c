"""The role with which the warehouse reads and writes the lake."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.common.acknowledge import acknowledge_wildcards
from stacks.common.inline_policy import inline_policy
from stacks.common.redshift_arn import redshift_arn
from stacks.config import WarehouseKind
from stacks.lake.lake_buckets import INCOMING, UNLOAD

# A workgroup assumes the role as either service principal (Management Guide, "Granting permissions
# to Amazon Redshift Serverless").
_SERVICES: dict[WarehouseKind, tuple[str, ...]] = {
    "provisioned": ("redshift.amazonaws.com",),
    "serverless": ("redshift.amazonaws.com", "redshift-serverless.amazonaws.com"),
}


class WarehouseRole(Construct):
    """The role for COPY from `incoming/` and UNLOAD to `unload/`, without other access.

    In the folders `extracted`, UNLOAD writes days of incremental extractions and replaces nothing.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        kind: WarehouseKind,
        warehouse: str,
        lake: s3.IBucket,
        key: kms.IKey,
        extracted: Sequence[str],
    ) -> None:
        super().__init__(scope, name)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=users_of(self, kind=kind, warehouse=warehouse),
            description="COPY from and UNLOAD to the lake",
        )
        let_use_lake(self, self.role, lake=lake, key=key, extracted=extracted)


def users_of(scope: Construct, *, kind: WarehouseKind, warehouse: str) -> iam.CompositePrincipal:
    """Return the database users of one warehouse as the principal of a role.

    Redshift names the database user, and with it the account and the warehouse, when it assumes the
    role (Management Guide, "Restricting access to IAM roles"). The names of a workgroup's users
    contain its ID, which is unknown before the role exists.
    """
    account = cdk.Stack.of(scope).account
    users = warehouse if kind == "provisioned" else f"serverless-{account}-*"
    condition = {"StringLike": {"sts:ExternalId": redshift_arn(scope, "dbuser", f"{users}/*")}}
    return iam.CompositePrincipal(
        *(iam.ServicePrincipal(each, conditions=condition) for each in _SERVICES[kind])
    )


def let_use_lake(
    scope: Construct,
    role: iam.IRole,
    *,
    lake: s3.IBucket,
    key: kms.IKey,
    extracted: Sequence[str],
) -> None:
    """Let a role of the warehouse copy from `incoming/`, unload to `unload/` and to `extracted`."""
    days = [f"{folder}*/rows/*" for folder in extracted]
    policy = inline_policy(
        scope, "Policy", roles=[role], statements=_statements(lake=lake, key=key, days=days)
    )
    acknowledge_wildcards(
        policy,
        [lake.arn_for_objects(each) for each in (f"{INCOMING}*", f"{UNLOAD}*", *days)],
        "The names of files are not known before they are copied or unloaded.",
    )


def _statements(
    *, lake: s3.IBucket, key: kms.IKey, days: Sequence[str]
) -> list[iam.PolicyStatement]:
    incoming, unload = f"{INCOMING}*", f"{UNLOAD}*"
    return [
        iam.PolicyStatement(
            sid="FindFiles",
            actions=["s3:ListBucket"],
            resources=[lake.bucket_arn],
            conditions={"StringLike": {"s3:prefix": [incoming, unload, *days]}},
        ),
        iam.PolicyStatement(
            sid="FindBucket", actions=["s3:GetBucketLocation"], resources=[lake.bucket_arn]
        ),
        iam.PolicyStatement(
            sid="Copy", actions=["s3:GetObject"], resources=[lake.arn_for_objects(incoming)]
        ),
        iam.PolicyStatement(
            sid="Unload",
            # UNLOAD writes in parts, and deletes the files that it replaces when it may overwrite.
            actions=[
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ],
            resources=[lake.arn_for_objects(unload)],
        ),
        *_unloading_days(lake, days),
        iam.PolicyStatement(
            sid="UseKey", actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[key.key_arn]
        ),
    ]


def _unloading_days(lake: s3.IBucket, days: Sequence[str]) -> list[iam.PolicyStatement]:
    """Allow UNLOAD without CLEANPATH and ALLOWOVERWRITE, which deletes nothing."""
    if not days:
        return []
    return [
        iam.PolicyStatement(
            sid="UnloadDays",
            actions=[
                "s3:AbortMultipartUpload",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ],
            resources=[lake.arn_for_objects(each) for each in days],
        )
    ]
