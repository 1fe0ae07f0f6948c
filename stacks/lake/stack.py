"""The data stack: the key, the lake bucket and its access logs."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.base import RedlineStack
from stacks.common.redshift_arn import redshift_arn
from stacks.config import Environment, Retention
from stacks.lake.bucket_emptier import BucketEmptier
from stacks.lake.data_key import data_key
from stacks.lake.existing_lake import existing_bucket, existing_key
from stacks.lake.lake_buckets import (
    access_log_bucket,
    allow_audit_logs,
    lake_bucket,
)


class DataStack(RedlineStack):
    """One customer key, the lake bucket and the bucket of its access logs."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(
            scope,
            "data",
            environment=environment,
            description="Key, lake bucket and access logs of Redline",
        )
        retention = environment.retention
        self.key = self._key(environment)
        self.logs = access_log_bucket(self, "AccessLogs", retention)
        warehouse = environment.warehouse_name
        if warehouse and environment.warehouse.kind == "provisioned":
            allow_audit_logs(self.logs, redshift_arn(self, "cluster", warehouse))
        self.lake = self._lake(environment)
        if retention.removal == "destroy":
            self._empty_on_delete(retention)
        self.output("LakeBucketName", self.lake.bucket_name)
        self.output("DataKeyArn", self.key.key_arn)
        # Imported by the audit log of a cluster, until the warehouse becomes serverless.
        self.export(self.logs.bucket_name)

    def _key(self, environment: Environment) -> kms.IKey:
        if environment.lake.existing_key_id:
            return existing_key(self, "DataKey", environment)
        return data_key(self, "DataKey", environment)

    def _lake(self, environment: Environment) -> s3.IBucket:
        if environment.lake.existing_bucket:
            return existing_bucket(self, "Lake", environment, self.key)
        return lake_bucket(self, "Lake", key=self.key, logs=self.logs, environment=environment)

    def _empty_on_delete(self, retention: Retention) -> None:
        """Empty the buckets of this stack before they are deleted."""
        emptier = BucketEmptier(self, "BucketEmptier", key=self.key, retention=retention)
        logs_emptied = emptier.empty_on_delete(self.logs)
        if isinstance(self.lake, s3.Bucket):
            emptier.empty_on_delete(self.lake)
            # Deletion is in reverse order: the lake is deleted first, and then no service writes
            # logs.
            self.lake.node.add_dependency(logs_emptied)
