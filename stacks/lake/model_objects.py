"""The objects of models in the lake: who may write and delete them, regardless of other policies.

Every role of a job has a policy with the outputs of its own steps. The bucket policy is a second
line: a mistake in one of these policies does not open the models (docs/decisions/0031).
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

# kept/<pipeline>/<execution>/<step>/model/<training job>/output/model.tar.gz
MODELS = "kept/*/model/*"
# Below kept/<pipeline>/: the copies of a version of another environment. No execution has an ID
# that begins so (operations/promotion/file_copies.py).
PROMOTED = "promoted-"
# The tag of the roles of steps that write models (StepKind.writes_models).
WRITER_TAG, WRITER = "WritesModels", "true"
# The tag of the role that lets kept files expire, and the tag of these files.
EXPIRER_TAG, EXPIRER = "ExpiresRuns", "true"
UNUSED_TAG, UNUSED = "Unused", "true"


def mark_writer(role: iam.Role) -> None:
    """Let `role` write models, below the prefixes of its own policy."""
    cdk.Tags.of(role).add(WRITER_TAG, WRITER)


def mark_expirer(role: iam.IRole) -> None:
    """Let `role` tag kept files, below the prefixes of its own policy."""
    cdk.Tags.of(role).add(EXPIRER_TAG, EXPIRER)


def model_statements(bucket: s3.IBucket) -> list[iam.PolicyStatement]:
    """Deny writing models to all but the marked roles, and their deletion to all principals.

    Only one role tags kept files, because a tag lets them expire. Bucket policies do not apply to
    lifecycle rules.

    No principal overwrites promoted files: a write must have the header `If-None-Match`
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html).

    A stack that removes its bucket removes this policy first (stacks/lake/bucket_emptier.py).
    """
    models = bucket.arn_for_objects(MODELS)
    return [
        _denied(
            "OnlyTrainingWritesModels",
            ["s3:PutObject"],
            models,
            {"StringNotEquals": {f"aws:PrincipalTag/{WRITER_TAG}": WRITER}},
        ),
        _denied(
            "OnlyExpiryTagsKeptFiles",
            ["s3:PutObjectTagging", "s3:PutObjectVersionTagging"],
            bucket.arn_for_objects("kept/*"),
            {"StringNotEquals": {f"aws:PrincipalTag/{EXPIRER_TAG}": EXPIRER}},
        ),
        _denied("NoRoleDeletesModels", ["s3:DeleteObject", "s3:DeleteObjectVersion"], models, {}),
        _denied(
            "NoRoleOverwritesPromotedFiles",
            ["s3:PutObject"],
            bucket.arn_for_objects(f"kept/*/{PROMOTED}*/*"),
            {"Null": {"s3:if-none-match": "true"}},
        ),
    ]


def _denied(
    sid: str, actions: list[str], resource: str, conditions: dict[str, dict[str, str]]
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=actions,
        resources=[resource],
        conditions=conditions,
    )
