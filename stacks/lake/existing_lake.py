"""An existing bucket and key, without lookups."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from stacks.common.existing_resources import expect, without_tokens
from stacks.config import Environment
from stacks.lake.data_key import key_statements
from stacks.lake.lake_buckets import data_statements


def existing_key(stack: cdk.Stack, name: str, environment: Environment) -> kms.IKey:
    """Return the key, and list the statements that its policy needs."""
    identifier = environment.lake.existing_key_id
    # The default policy of a key: without it, policies of roles have no effect.
    roles = iam.PolicyStatement(
        principals=[iam.AccountRootPrincipal()], actions=["kms:*"], resources=["*"]
    )
    statements = _documents(stack, [roles, *key_statements(stack, environment)])
    expect(stack, "AWS::KMS::Key", identifier, {"Statements": statements})
    arn = stack.format_arn(service="kms", resource="key", resource_name=identifier)
    return kms.Key.from_key_arn(stack, name, arn)


def existing_bucket(
    stack: cdk.Stack, name: str, environment: Environment, key: kms.IKey
) -> s3.IBucket:
    """Return the bucket, and list its key and the statements that protect the models in it."""
    lake = environment.lake
    bucket = s3.Bucket.from_bucket_attributes(
        stack, name, bucket_name=lake.existing_bucket, encryption_key=key
    )
    statements = _documents(stack, data_statements(bucket, environment))
    properties = {"KmsKeyId": lake.existing_key_id, "Statements": statements}
    expect(stack, "AWS::S3::Bucket", lake.existing_bucket, properties)
    return bucket


def _documents(stack: cdk.Stack, statements: list[iam.PolicyStatement]) -> list[Any]:
    return [without_tokens(stack.resolve(each.to_statement_json())) for each in statements]
