"""The lake bucket and the bucket of its access logs."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.common.acknowledge import acknowledge
from stacks.common.removal_policy import removal_policy
from stacks.common.service_trust import same_account
from stacks.config import Environment, Retention
from stacks.lake.model_objects import UNUSED, UNUSED_TAG, model_statements

INCOMING = "incoming/"  # files for COPY and for the pipelines: kept
UNLOAD = "unload/"  # what UNLOAD wrote for one execution
EXTRACTED = "extracted/"  # days of incremental extractions, for all executions: expire
RUNS = "runs/"  # outputs of one execution: expire
KEPT = "kept/"  # outputs of one execution that a registered model refers to: expire if unused
CAPTURED = "captured/"  # captured requests and answers of endpoints
REPORTS = "reports/"  # reports of executions, which registered models refer to: kept
ACCEPTED_DATA = "accepted-data/"  # records of people who accept data that failed a contract: kept
AUDIT_LOGS = "warehouse/"  # in the log bucket: connections and statements of the warehouse


def access_log_bucket(scope: Construct, name: str, retention: Retention) -> s3.Bucket:
    """Create the bucket for S3 access logs and for the warehouse's audit logs.

    Both services can write only to buckets that S3 encrypts with its own keys (Redshift Management
    Guide, "Audit logging").
    """
    bucket = s3.Bucket(
        scope,
        name,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        versioned=True,
        # Access logs of the log bucket itself: S3 needs no second bucket, only another prefix.
        server_access_logs_prefix="access-logs/",
        lifecycle_rules=[
            s3.LifecycleRule(
                id="ExpireLogs",
                expiration=cdk.Duration.days(retention.log_days),
                noncurrent_version_expiration=cdk.Duration.days(retention.noncurrent_days),
                abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
            )
        ],
        removal_policy=removal_policy(retention),
    )
    acknowledge(
        bucket,
        "NIST.800.53.R5-S3DefaultEncryptionKMS",
        "Redshift and S3 deliver logs only to buckets that S3 encrypts with its own keys.",
    )
    _accept_one_region(bucket)
    _keep_in_account(bucket)
    return bucket


def allow_audit_logs(bucket: s3.Bucket, cluster_arn: str) -> None:
    """Let the cluster write its audit log (Redshift Management Guide, "Audit logging")."""
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="WarehouseAuditLogs",
            principals=[iam.ServicePrincipal("redshift.amazonaws.com")],
            actions=["s3:GetBucketAcl", "s3:PutObject"],
            resources=[bucket.bucket_arn, bucket.arn_for_objects(f"{AUDIT_LOGS}*")],
            conditions=same_account(bucket, source_arn=cluster_arn),
        )
    )


def lake_bucket(
    scope: Construct, name: str, *, key: kms.IKey, logs: s3.IBucket, environment: Environment
) -> s3.Bucket:
    """Create the bucket for incoming files, outputs of runs and captured requests to endpoints.

    All objects expire except incoming files, kept files that are used, reports, and records that
    accept data. Only training jobs write models.
    """
    bucket = _data_bucket(
        scope,
        name,
        key=key,
        logs=logs,
        logs_prefix="lake/",
        lifecycle=_lifecycle(environment.retention),
        retention=environment.retention,
    )
    for statement in data_statements(bucket, environment):
        bucket.add_to_resource_policy(statement)
    return bucket


def data_statements(bucket: s3.IBucket, environment: Environment) -> list[iam.PolicyStatement]:
    """Return the statements of a lake: only training writes models, only people accept data."""
    return [*model_statements(bucket), _acceptance_by_people(bucket, environment)]


def training_bucket(
    scope: Construct, name: str, *, key: kms.IKey, logs: s3.IBucket, retention: Retention
) -> s3.Bucket:
    """Create the bucket through which Redshift ML exchanges training data and models.

    Redshift deletes the objects after a training (S3_GARBAGE_COLLECT); all others expire.
    """
    return _data_bucket(
        scope,
        name,
        key=key,
        logs=logs,
        logs_prefix="machine-learning/",
        lifecycle=[
            s3.LifecycleRule(
                id="ExpireTrainingData",
                expiration=cdk.Duration.days(retention.run_days),
                noncurrent_version_expiration=cdk.Duration.days(retention.noncurrent_days),
                abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
            )
        ],
        retention=retention,
    )


def _acceptance_by_people(bucket: s3.IBucket, environment: Environment) -> iam.PolicyStatement:
    """Deny the roles of the environment's own stacks to write records that accept data.

    Their names start with the name of their stack. A role of a person has another name.
    """
    roles = cdk.Stack.of(bucket).format_arn(
        service="iam", region="", resource="role", resource_name=f"redline-{environment.name}-*"
    )
    return iam.PolicyStatement(
        sid="AcceptanceByPeople",
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=["s3:PutObject"],
        resources=[bucket.arn_for_objects(f"{ACCEPTED_DATA}*")],
        conditions={"ArnLike": {"aws:PrincipalArn": roles}},
    )


def _data_bucket(
    scope: Construct,
    name: str,
    *,
    key: kms.IKey,
    logs: s3.IBucket,
    logs_prefix: str,
    lifecycle: list[s3.LifecycleRule],
    retention: Retention,
) -> s3.Bucket:
    """Create a bucket whose objects are encrypted with the key of the environment."""
    bucket = s3.Bucket(
        scope,
        name,
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        enforce_ssl=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        versioned=True,
        server_access_logs_bucket=logs,
        server_access_logs_prefix=logs_prefix,
        lifecycle_rules=lifecycle,
        removal_policy=removal_policy(retention),
    )
    _accept_one_region(bucket)
    _keep_in_account(bucket)
    return bucket


def _accept_one_region(bucket: s3.Bucket) -> None:
    acknowledge(
        bucket,
        "NIST.800.53.R5-S3BucketReplicationEnabled",
        "An environment lives in one region; versions keep what is overwritten or deleted.",
    )


def _keep_in_account(bucket: s3.Bucket) -> None:
    """Deny principals of other accounts, regardless of other policies.

    Services may still act for this account.
    """
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="OtherAccounts",
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["s3:*"],
            resources=[bucket.bucket_arn, bucket.arn_for_objects("*")],
            conditions={
                "StringNotEquals": {"aws:PrincipalAccount": cdk.Stack.of(bucket).account},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        )
    )


def _lifecycle(retention: Retention) -> list[s3.LifecycleRule]:
    return [
        s3.LifecycleRule(
            id="ExpireUnloads",
            prefix=UNLOAD,
            expiration=cdk.Duration.days(retention.unload_days),
        ),
        # The function of extractions unloads the rows again before their files expire.
        s3.LifecycleRule(
            id="ExpireExtracted",
            prefix=EXTRACTED,
            expiration=cdk.Duration.days(retention.extracted_days),
        ),
        s3.LifecycleRule(
            id="ExpireRuns", prefix=RUNS, expiration=cdk.Duration.days(retention.run_days)
        ),
        s3.LifecycleRule(
            id="ExpireCaptured",
            prefix=CAPTURED,
            expiration=cdk.Duration.days(retention.run_days),
        ),
        # The tag decides: lambda/expire_runs adds it when nothing refers to the files any more.
        s3.LifecycleRule(
            id="ExpireUnused",
            prefix=KEPT,
            tag_filters={UNUSED_TAG: UNUSED},
            expiration=cdk.Duration.days(1),
        ),
        s3.LifecycleRule(
            id="ExpireOldVersions",
            noncurrent_version_expiration=cdk.Duration.days(retention.noncurrent_days),
            abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
        ),
    ]
