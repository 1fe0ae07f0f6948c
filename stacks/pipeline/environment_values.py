"""The only list of the values that a definition can get from its environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from stacks.base import RedlineStack
from stacks.network.private_vpc import private_subnets
from stacks.pipeline.athena_tables import FEATURES, FILES
from stacks.pipeline.code_archive import CodeArchive, spark_values, wheelhouse_values
from stacks.pipeline.container_images import images_of
from stacks.pipeline.databases import database_values
from stacks.pipeline.file_catalog import catalog_database
from stacks.pipeline.latest_model import LatestModel
from stacks.pipeline.new_data import NewData
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.pipeline.prediction_loading import PredictionLoading
from stacks.platform import Platform
from stacks.warehouse.warehouse_access import reader_of
from stacks.warehouse.warehouse_extraction import WarehouseExtraction


def environment_values(
    stack: RedlineStack,
    platform: Platform,
    pipeline: PipelineContext,
    *,
    code: CodeArchive,
    extraction: WarehouseExtraction,
    queues: Mapping[str, sqs.IQueue],
) -> dict[str, str]:
    """Name -> value, except for the roles.

    A function is created in the `stack` of the pipeline, if its definition needs it.
    """
    subnets = private_subnets(platform.network.vpc)
    return {
        "LakeBucket": platform.lake.bucket_name,
        "KmsKeyArn": platform.key.key_arn,
        "SubnetA": subnets[0].subnet_id,
        "SubnetB": subnets[1].subnet_id,
        "SecurityGroupId": platform.network.jobs.security_group_id,
        "Database": platform.warehouse.access.database,
        "WarehouseRoleArn": platform.warehouse.role.role_arn,
        **platform.warehouse.access.definition_values(reader_of(pipeline.name)),
        "ModelPackageGroupName": pipeline.package_group,
        "FeatureGroupPrefix": platform.name_of(""),
        **_athena_values(platform, pipeline),
        **database_values(stack, platform.environment, pipeline.manifest),
        "EmrClusterId": pipeline.settings.emr_cluster,
        "EmrApplicationId": pipeline.settings.emr_application,
        "EmrServiceRole": pipeline.settings.emr_service_role,
        "EmrSubnetId": pipeline.settings.emr_subnet,
        "CodeBucket": code.bucket.bucket_name,
        "CodeKey": code.key,
        "CodeFile": code.file,
        **wheelhouse_values(stack, pipeline, platform.root),
        **spark_values(stack, pipeline),
        "TagEnvironment": platform.environment.name,
        "TagOwner": platform.environment.owner,
        "TagCostCenter": platform.environment.cost_center,
        **images_of(platform, pipeline),
        **{name: queue.queue_url for name, queue in queues.items()},
        **{
            name: function().function_arn
            for name, function in _functions(stack, platform, pipeline, extraction).items()
            if name in pipeline.manifest.functions
        },
    }


def _athena_values(platform: Platform, pipeline: PipelineContext) -> dict[str, str]:
    if platform.athena is None:
        return {}
    return {
        "AthenaWorkgroup": platform.athena.workgroup,
        FEATURES: platform.athena.features_database,
        FILES: catalog_database(pipeline),
    }


def used_queues(
    pipeline: PipelineContext, extraction: WarehouseExtraction
) -> dict[str, sqs.IQueue]:
    """Return the queues whose URLs are values, if the definition of the pipeline needs them."""
    every: dict[str, Callable[[], sqs.IQueue]] = {"ExtractQueueUrl": lambda: extraction.queue}
    return {name: queue() for name, queue in every.items() if name in pipeline.manifest.queues}


def _functions(
    stack: RedlineStack,
    platform: Platform,
    pipeline: PipelineContext,
    extraction: WarehouseExtraction,
) -> dict[str, Callable[[], lambda_.IFunction]]:
    """Return the functions whose ARNs are values."""
    return {
        "ExtractFunctionArn": lambda: extraction.function,
        "LatestModelFunctionArn": lambda: (
            LatestModel(stack, "LatestModel", platform=platform, pipeline=pipeline).function
        ),
        "NewDataFunctionArn": lambda: (
            NewData(stack, "NewData", platform=platform, pipeline=pipeline).function
        ),
        "LoadPredictionsFunctionArn": lambda: (
            PredictionLoading(
                stack, "LoadPredictions", platform=platform, pipeline=pipeline.name
            ).function
        ),
    }
