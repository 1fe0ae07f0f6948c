"""Crawlers that find the partitions of the offline stores of a pipeline's feature groups.

The table that Feature Store creates has no partitions, so a query reads every file. A crawler adds
a second table of the same files, with the hours of the event time as partition keys.
"""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from constructs import Construct

from pipeline_code.feature_groups import FeatureGroup, locked_feature_groups
from pipeline_code.pipelines import folder_of
from stacks.base import RedlineStack
from stacks.common.acknowledge import acknowledge
from stacks.common.permissions import Scope, derived_policy
from stacks.common.service_trust import glue as glue_service
from stacks.config import Pipeline, refuse
from stacks.pipeline.feature_store import AREA
from stacks.platform import Platform

# bucket/features/<group>/<account>/sagemaker/<region>/offline-store/<name>-<creation time>/data;
# the bucket is level 1: https://docs.aws.amazon.com/glue/latest/dg/crawler-table-level.html
_LEVEL_OF_DATA = 9
_CONFIGURATION = {
    "Version": 1.0,
    "CrawlerOutput": {"Partitions": {"AddOrUpdateBehavior": "InheritFromTable"}},
    "Grouping": {"TableLevelConfiguration": _LEVEL_OF_DATA},
}
_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_READ = (
    *("glue:BatchGetPartition", "glue:GetDatabase", "glue:GetPartition", "glue:GetPartitions"),
    *("glue:GetTable", "glue:GetTables"),
)
_WRITE = (
    *("glue:BatchCreatePartition", "glue:BatchUpdatePartition", "glue:CreatePartition"),
    *("glue:CreateTable", "glue:UpdatePartition", "glue:UpdateTable"),
)
_BY_CREATION = "Feature Store writes below the account, the region and the time of creation."
_BY_CRAWLER = "The crawler names its tables after folders, with a hash if a name is taken."
_ALL_TABLES = "GetTables is allowed on all tables of a database only."
_LOG_GROUP = "Crawlers of an account share this log group; the stream has the crawler's name."
_NO_ROWS = "The log of a crawl has names of tables and numbers of partitions, and no rows."


def feature_crawlers(stack: RedlineStack, platform: Platform, pipeline: Pipeline) -> None:
    """Create a crawler for each group that names its table, if the environment schedules them.

    Raises ConfigurationError if there is no such group.
    """
    if not pipeline.feature_crawl:
        return
    groups = locked_feature_groups(folder_of(pipeline.name, platform.root))
    named = [(group, group.glue_table) for group in groups if isinstance(group.glue_table, str)]
    if not named:
        raise refuse(
            f"{pipeline.name}.feature_crawl",
            pipeline.feature_crawl,
            allowed="nothing without a feature group whose glue_table is a name",
            remedy="name the table in feature_groups.json, or leave feature_crawl out",
        )
    for group, table in named:
        StoreCrawler(
            stack,
            f"Crawler-{group.name}",
            platform=platform,
            group=group,
            prefix=f"{table}_",
            schedule=pipeline.feature_crawl,
        )


class StoreCrawler(Construct):
    """The crawler of one offline store, and its role. Its table is `<prefix>data`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        platform: Platform,
        group: FeatureGroup,
        prefix: str,
        schedule: str,
    ) -> None:
        super().__init__(scope, name)
        assert platform.athena is not None  # it exists where a group names its table
        database, folder = platform.athena.features_database, f"{AREA}/{group.name}/"
        role = iam.Role(self, "Role", assumed_by=glue_service(self))
        policy = self._policy(platform, role, database=database, folder=folder, prefix=prefix)
        crawler = glue.CfnCrawler(
            self,
            "Crawler",
            name=platform.name_of(group.name),
            description=f"Partitions of the offline store of {group.name}",
            role=role.role_arn,
            database_name=database,
            table_prefix=prefix,
            targets=glue.CfnCrawler.TargetsProperty(
                s3_targets=[
                    glue.CfnCrawler.S3TargetProperty(path=platform.lake.s3_url_for_object(folder))
                ]
            ),
            schedule=glue.CfnCrawler.ScheduleProperty(schedule_expression=schedule),
            # Offline files are append-only: a table without files is a fault to look at.
            schema_change_policy=glue.CfnCrawler.SchemaChangePolicyProperty(
                update_behavior="UPDATE_IN_DATABASE", delete_behavior="LOG"
            ),
            configuration=json.dumps(_CONFIGURATION),
        )
        crawler.node.add_dependency(policy)
        acknowledge(crawler, "AwsSolutions-GL1", _NO_ROWS)
        acknowledge(crawler, "CKV_AWS_195", _NO_ROWS)

    def _policy(
        self, platform: Platform, role: iam.Role, *, database: str, folder: str, prefix: str
    ) -> iam.Policy:
        """Allow the calls of a crawl.

        https://docs.aws.amazon.com/glue/latest/dg/crawler-prereqs.html
        """
        catalogue = [self._glue("catalog"), self._glue(f"database/{database}")]
        logs = cdk.Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name="/aws-glue/crawlers:*",
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        return derived_policy(
            self,
            "RolePolicy",
            role=role,
            actions=("kms:Decrypt", "s3:GetObject", "s3:ListBucket", *_READ, *_WRITE, *_LOGS),
            scopes={
                "kms:*": Scope(resources=[platform.key.key_arn]),
                "s3:GetObject": Scope(
                    resources=[platform.lake.arn_for_objects(f"{folder}*")], reason=_BY_CREATION
                ),
                "s3:ListBucket": Scope(
                    resources=[platform.lake.bucket_arn],
                    conditions={"StringLike": {"s3:prefix": f"{folder}*"}},
                ),
                "glue:*Get*": Scope(
                    resources=[*catalogue, self._glue(f"table/{database}/*")], reason=_ALL_TABLES
                ),
                "glue:*": Scope(
                    resources=[*catalogue, self._glue(f"table/{database}/{prefix}data*")],
                    reason=_BY_CRAWLER,
                ),
                "logs:*": Scope(resources=[logs], reason=_LOG_GROUP),
            },
        )

    def _glue(self, resource: str) -> str:
        return cdk.Stack.of(self).format_arn(
            service="glue", resource=resource, arn_format=cdk.ArnFormat.NO_RESOURCE_NAME
        )
