"""The feature groups of a pipeline, in the pipeline's stack."""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from pipeline_code.feature_groups import FeatureGroup, locked_feature_groups
from pipeline_code.pipelines import folder_of
from stacks.base import RedlineStack
from stacks.common.permissions import Scope, derived_policy
from stacks.common.removal_policy import removal_policy
from stacks.common.service_trust import sagemaker as sagemaker_service
from stacks.pipeline.feature_stream import FeatureStream
from stacks.platform import Platform

AREA = "features"
_BY_CREATION = "Feature Store writes below the account, the region and the time of creation."


def feature_groups(stack: RedlineStack, platform: Platform, pipeline: str) -> None:
    """Create the groups that the folder of the pipeline declares."""
    for group in locked_feature_groups(folder_of(pipeline, platform.root)):
        stored = StoredFeatures(stack, f"Features-{group.name}", platform=platform, group=group)
        if group.stream:
            stream = FeatureStream(
                stack, f"FeatureStream-{group.name}", platform=platform, group=group
            )
            # The function accepts new features after the group has them.
            stream.node.add_dependency(stored)
            name = group.name.title().replace("-", "")
            stack.output(f"{name}StreamQueueUrl", stream.queue.queue_url)


class StoredFeatures(Construct):
    """A feature group, and the role with which the service writes its offline store."""

    def __init__(
        self, scope: Construct, name: str, *, platform: Platform, group: FeatureGroup
    ) -> None:
        super().__init__(scope, name)
        role, policy = self._role(platform, group) if group.offline else (None, None)
        created = sagemaker.CfnFeatureGroup(
            self,
            "Group",
            feature_group_name=platform.name_of(group.name),
            description=group.description,
            record_identifier_feature_name=group.record_identifier,
            event_time_feature_name=group.event_time,
            feature_definitions=[
                sagemaker.CfnFeatureGroup.FeatureDefinitionProperty(
                    feature_name=feature, feature_type=kind
                )
                for feature, kind in group.features.items()
            ],
            online_store_config=_online(platform, group) if group.online else None,
            offline_store_config=_offline(platform, group) if group.offline else None,
            role_arn=role.role_arn if role else None,
        )
        # A change of tags replaces a feature group, so it has its own tags only, not the stack's.
        tags = [{"Key": key, "Value": value} for key, value in group.tags.items()]
        created.add_property_override("Tags", tags)
        created.apply_removal_policy(removal_policy(platform.retention))
        if policy:
            created.node.add_dependency(policy)

    def _role(self, platform: Platform, group: FeatureGroup) -> tuple[iam.Role, iam.Policy]:
        """Create the role of the offline store. The actions are those of AWS' own policy.

        https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSageMakerFeatureStoreAccess.html
        https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html
        """
        role = iam.Role(self, "Role", assumed_by=sagemaker_service(self))
        written = platform.lake.arn_for_objects(f"{AREA}/{group.name}/*")
        policy = derived_policy(
            self,
            "RolePolicy",
            role=role,
            actions=("kms:GenerateDataKey", "s3:GetBucketAcl", "s3:PutObject", "s3:PutObjectAcl"),
            scopes={
                "kms:*": Scope(resources=[platform.key.key_arn]),
                "s3:GetBucketAcl": Scope(resources=[platform.lake.bucket_arn]),
                "s3:PutObject*": Scope(resources=[written], reason=_BY_CREATION),
            },
        )
        return role, policy


def _online(platform: Platform, group: FeatureGroup) -> dict[str, Any]:
    lifetime = [{"Unit": unit, "Value": value} for unit, value in (group.ttl or {}).items()]
    return {
        "EnableOnlineStore": True,
        "SecurityConfig": {"KmsKeyId": platform.key.key_arn},
        **({"TtlDuration": lifetime[0]} if lifetime else {}),
    }


def _offline(platform: Platform, group: FeatureGroup) -> dict[str, Any]:
    return {
        "S3StorageConfig": {
            "S3Uri": platform.lake.s3_url_for_object(f"{AREA}/{group.name}"),
            "KmsKeyId": platform.key.key_arn,
        },
        "DisableGlueTableCreation": not group.glue_table,
        **_table(platform, group),
    }


def _table(platform: Platform, group: FeatureGroup) -> dict[str, Any]:
    """Return the name of the table that the service creates, if the declaration names it.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OfflineStoreConfig.html
    """
    if not isinstance(group.glue_table, str) or platform.athena is None:
        return {}
    catalog = {
        "Catalog": "AwsDataCatalog",
        "Database": platform.athena.features_database,
        "TableName": group.glue_table,
    }
    return {"DataCatalogConfig": catalog}
