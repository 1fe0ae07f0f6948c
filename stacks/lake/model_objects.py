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
# The tag of the roles of steps that write models (StepKind.writes_models).
WRITER_TAG, WRITER = "WritesModels", "true"


def mark_writer(role: iam.Role) -> None:
    """Let `role` write models, below the prefixes of its own policy."""
    cdk.Tags.of(role).add(WRITER_TAG, WRITER)


def protect_models(bucket: s3.Bucket) -> None:
    """Deny writing models to all but the marked roles, and their deletion to all principals.

    A stack that removes its bucket removes this policy first (stacks/lake/bucket_emptier.py).
    """
    models = bucket.arn_for_objects(MODELS)
    bucket.add_to_resource_policy(
        _denied(
            "OnlyTrainingWritesModels",
            ["s3:PutObject"],
            models,
            {"StringNotEquals": {f"aws:PrincipalTag/{WRITER_TAG}": WRITER}},
        )
    )
    bucket.add_to_resource_policy(
        _denied("NoRoleDeletesModels", ["s3:DeleteObject", "s3:DeleteObjectVersion"], models, {})
    )


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
