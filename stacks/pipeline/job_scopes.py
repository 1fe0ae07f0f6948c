"""The resources on which a pipeline's jobs and models may use the actions of its definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import aws_cdk as cdk
from constructs import Construct

from pipeline_code.compiler import MODELS_OF, QUERY_ATHENA, Access, JobRole, Place
from stacks.athena.stack import RESULTS
from stacks.common.container_scopes import container_scopes
from stacks.common.permissions import Scope
from stacks.network.job_network import job_network, network_scopes, processing_network_scopes
from stacks.pipeline.athena_tables import LakeTable, athena_tables
from stacks.pipeline.code_archive import CodeArchive
from stacks.pipeline.databases import secret_scopes
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.platform import Platform
from stacks.warehouse.warehouse_access import reader_of

BY_EXECUTION = "The files of a run are under its execution ID, which is unknown before its start."
BY_DEPLOYMENT = "A run keeps the code of the deployment with which it started."
VERSIONS = "The registry numbers the versions of a group."


def job_scopes(
    scope: Construct,
    access: Access,
    *,
    role: JobRole,
    platform: Platform,
    pipeline: PipelineContext,
    code: CodeArchive,
    values: Mapping[str, str],
) -> dict[str, Scope]:
    """Return the scopes of `role`, the role of jobs that need `access`."""
    stack = cdk.Stack.of(scope)
    versions = stack.format_arn(
        service="sagemaker", resource="model-package", resource_name=f"{pipeline.package_group}/*"
    )
    tables = _read_tables(access, platform, pipeline)
    return {
        **secret_scopes(stack, platform, access.databases),
        **_storage_scopes(access, platform, pipeline, code, tables),
        "sagemaker:*ModelPackage*": Scope(resources=[versions], reason=VERSIONS),
        **_athena_scopes(stack, tables, platform, values),
        "sagemaker:*Record": Scope(resources=_feature_groups(stack, access, platform)),
        **container_scopes(scope, _images(access, pipeline, values), access.namespaces),
        **_network_scopes(scope, role, platform),
        **platform.warehouse.access.dataset_scopes(reader_of(pipeline.name)),
    }


def _read_tables(access: Access, platform: Platform, pipeline: PipelineContext) -> list[LakeTable]:
    """Return the tables that jobs with this access read with Athena."""
    if not set(QUERY_ATHENA) & set(access.actions):
        return []
    return athena_tables(pipeline.definition, pipelines=platform.definitions, root=platform.root)


def _athena_scopes(
    stack: cdk.Stack,
    tables: Iterable[LakeTable],
    platform: Platform,
    values: Mapping[str, str],
) -> dict[str, Scope]:
    """Athena reads catalogue and files with the permissions of the caller.

    https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
    """
    if not (tables := list(tables)):
        return {}
    workgroup = stack.format_arn(
        service="athena", resource="workgroup", resource_name=values["AthenaWorkgroup"]
    )
    databases = dict.fromkeys(values[each.database] for each in tables)
    catalogue = [
        "catalog",
        *(f"database/{database}" for database in databases),
        *(f"table/{values[each.database]}/{each.name}" for each in tables),
    ]
    return {
        "athena:*": Scope(resources=[workgroup]),
        "glue:*": Scope(
            resources=[
                stack.format_arn(
                    service="glue", resource=each, arn_format=cdk.ArnFormat.NO_RESOURCE_NAME
                )
                for each in catalogue
            ]
        ),
        "s3:GetBucketLocation": Scope(resources=[platform.lake.bucket_arn]),
    }


def _feature_groups(stack: cdk.Stack, access: Access, platform: Platform) -> list[str]:
    return [
        stack.format_arn(
            service="sagemaker", resource="feature-group", resource_name=platform.name_of(name)
        )
        for name in access.feature_groups
    ]


def _network_scopes(scope: Construct, role: JobRole, platform: Platform) -> dict[str, Scope]:
    if role in ("Processing", "Database"):
        return processing_network_scopes()
    # A definition names two subnets (docs/decisions/0004-jobs-run-in-two-subnets.md).
    return network_scopes(scope, job_network(cdk.Stack.of(scope), platform.network, subnets=2))


def objects(platform: Platform, pipeline: PipelineContext, places: Iterable[Place]) -> Scope:
    """Return the objects of some places of the lake."""
    return _below(platform, pipeline.folders(places))


def model_objects(platform: Platform, pipeline: PipelineContext) -> Scope:
    """Return the models in the group of a pipeline, for a function that verifies them."""
    return _below(platform, pipeline.model_folders)


def _below(platform: Platform, folders: Iterable[str]) -> Scope:
    objects = [platform.lake.arn_for_objects(f"{folder}*") for folder in folders]
    return Scope(resources=objects, reason=BY_EXECUTION)


def _images(access: Access, pipeline: PipelineContext, values: Mapping[str, str]) -> list[str]:
    """Return the URIs of the jobs' images, with those of the registered models for MODELS_OF."""
    registered = pipeline.models_of.manifest.hosting.images if MODELS_OF in access.images else ()
    own = [name for name in access.images if name != MODELS_OF]
    return [values[name] for name in dict.fromkeys([*own, *registered])]


def _storage_scopes(
    access: Access,
    platform: Platform,
    pipeline: PipelineContext,
    code: CodeArchive,
    tables: Iterable[LakeTable],
) -> dict[str, Scope]:
    """Return the scopes of files. The files of `tables` are read, and Athena writes its results."""
    folders = [each.folder for each in tables]
    read = [f"{folder}*" for folder in (*pipeline.folders(access.reads), *folders)]
    results = [RESULTS] if folders else []
    archives = [f"{code.prefix}*"] if access.code else []
    return {
        "s3:GetObject": Scope(
            resources=[
                *map(platform.lake.arn_for_objects, read),
                *map(code.bucket.arn_for_objects, archives),
            ],
            reason=f"{BY_EXECUTION} {BY_DEPLOYMENT}" if access.code else BY_EXECUTION,
        ),
        **dict.fromkeys(
            ("s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"),
            _below(platform, [*pipeline.folders(access.writes), *results]),
        ),
        "s3:ListBucket": Scope(
            resources=[
                platform.lake.bucket_arn,
                *([code.bucket.bucket_arn] if archives else []),
            ],
            conditions={"StringLike": {"s3:prefix": [*read, *archives]}},
        ),
        "kms:CreateGrant": Scope(
            resources=[platform.key.key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
        "kms:*": Scope(resources=[platform.key.key_arn]),
    }
