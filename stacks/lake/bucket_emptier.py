"""Empties buckets before CloudFormation deletes them, in environments that may be destroyed."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.common.acknowledge import acknowledge_wildcards
from stacks.common.custom_resource import custom_resource, resource_function
from stacks.common.inline_policy import inline_policy
from stacks.config import Retention


class BucketEmptier(Construct):
    """The function behind `Custom::EmptyBucket`; it may empty only the buckets passed to it."""

    def __init__(self, scope: Construct, name: str, *, key: kms.IKey, retention: Retention) -> None:
        super().__init__(scope, name)
        self._worker = resource_function(
            self,
            handler="empty_bucket",
            description="empties a bucket that is about to be deleted",
            key=key,
            retention=retention,
        )

    def empty_on_delete(self, bucket: s3.Bucket) -> cdk.CustomResource:
        """Delete all versions of all objects in `bucket` when the stack is deleted."""
        name = bucket.node.id
        granted = inline_policy(
            self,
            f"{name}Policy",
            roles=[self._worker.role],
            statements=_statements(bucket),
        )
        emptied = custom_resource(
            self,
            f"{name}Emptied",
            kind="EmptyBucket",
            worker=self._worker,
            granted=granted,
            properties={"BucketName": bucket.bucket_name},
        )
        if bucket.policy is not None:
            # Resources are deleted in reverse order: the bucket's policy is deleted first, so that
            # no service can write to the bucket while it is emptied.
            bucket.policy.node.add_dependency(emptied)
        acknowledge_wildcards(
            granted, [bucket.arn_for_objects("*")], "All objects are deleted, and then the bucket."
        )
        return emptied


def _statements(bucket: s3.Bucket) -> list[iam.PolicyStatement]:
    return [
        iam.PolicyStatement(actions=["s3:ListBucketVersions"], resources=[bucket.bucket_arn]),
        iam.PolicyStatement(
            actions=["s3:DeleteObject", "s3:DeleteObjectVersion"],
            resources=[bucket.arn_for_objects("*")],
        ),
    ]
