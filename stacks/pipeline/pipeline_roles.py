"""The roles of one pipeline: each may do what the definition needs of it, and no more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from pipeline_code.definition import RequiredActions
from pipeline_code.definition.actions import EXECUTION_ROLE
from pipeline_code.definition.storage import CODE, INPUT, MODELS, UNLOADED, Reach
from stacks.common.container_scopes import container_scopes
from stacks.common.permissions import Scope, derived_policy
from stacks.common.service_trust import sagemaker
from stacks.lake.lake_buckets import INCOMING, KEPT, UNLOAD
from stacks.network.job_network import JobNetwork, network_scopes

# How SageMaker Pipelines begins the name of every job and model it makes.
_MADE_BY_PIPELINES = "pipelines-*"
# What SageMaker Pipelines makes, by the action that makes it.
_MADE = {
    "sagemaker:CreateProcessingJob": "processing-job",
    "sagemaker:CreateTrainingJob": "training-job",
    "sagemaker:CreateTransformJob": "transform-job",
    "sagemaker:CreateModel": "model",
}
_BY_EXECUTION = "A run's files lie under its execution id, known when it starts."
_BY_SAGEMAKER = "SageMaker Pipelines names its jobs and models when it makes them."
_VERSIONS = "The registry numbers the versions of a group."


@dataclass(frozen=True, kw_only=True)
class PipelineResources:
    """What the roles of one pipeline act on; `models_of` is the pipeline whose models it uses.

    `images` are URIs by parameter, `model_images` those of the models of `models_of`.
    """

    pipeline: str
    models_of: str
    package_group: str
    lake_arn: str
    key_arn: str
    code: assets.Asset
    job_network: JobNetwork
    images: Mapping[str, str]
    model_images: Collection[str]
    dataset_scopes: Mapping[str, Scope]
    function_arns: Collection[str]
    extract_queue_arn: str


class PipelineRoles(Construct):
    """`execution` for SageMaker Pipelines, and in `jobs` one role per parameter that wants one."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        required: RequiredActions,
        resources: PipelineResources,
    ) -> None:
        super().__init__(scope, name)
        self.policies: list[iam.Policy] = []
        self.jobs = {
            parameter: self._role(
                parameter.removesuffix("Arn"),
                required.of(parameter),
                _job_scopes(self, resources, required, parameter),
            )
            for parameter in required.passed_roles
        }
        self.execution = self._role(
            "ExecutionRole",
            required.execution,
            _execution_scopes(self, resources, required, self.jobs),
        )

    def _role(self, name: str, actions: Collection[str], scopes: Mapping[str, Scope]) -> iam.Role:
        role = iam.Role(self, name, assumed_by=sagemaker(self))
        self.policies.append(
            derived_policy(self, f"{name}Policy", role=role, actions=actions, scopes=scopes)
        )
        return role


def _execution_scopes(
    scope: Construct,
    resources: PipelineResources,
    required: RequiredActions,
    jobs: Mapping[str, iam.Role],
) -> dict[str, Scope]:
    return {
        "iam:PassRole": Scope(
            resources=[role.role_arn for role in jobs.values()],
            conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        ),
        **_made_scopes(scope, resources.package_group, required.execution),
        "s3:GetObject": _objects(resources, required.reach[EXECUTION_ROLE].reads),
        "kms:Decrypt": Scope(resources=[resources.key_arn]),
        "lambda:InvokeFunction": Scope(resources=list(resources.function_arns)),
        "sqs:SendMessage": Scope(resources=[resources.extract_queue_arn]),
    }


def _made_scopes(scope: Construct, group: str, actions: Collection[str]) -> dict[str, Scope]:
    """Jobs, models and packages, each where its actions may be used."""
    made = {
        kind: _sagemaker_arn(scope, kind, _MADE_BY_PIPELINES)
        for action, kind in _MADE.items()
        if action in actions
    }
    versions = _sagemaker_arn(scope, "model-package", f"{group}/*")
    registered = [_sagemaker_arn(scope, "model-package-group", group), versions]
    # A model made of a package needs the right on it, too.
    modelled = [made.get("model", versions), *([] if _registers(actions) else [versions])]
    return {
        "sagemaker:AddTags": Scope(resources=list(made.values()), reason=_BY_SAGEMAKER)
        if made
        else Scope(resources=registered, reason=_VERSIONS),
        "sagemaker:*ProcessingJob": _one(made, "processing-job"),
        "sagemaker:*TrainingJob": _one(made, "training-job"),
        "sagemaker:*TransformJob": _one(made, "transform-job"),
        "sagemaker:CreateModel": Scope(resources=modelled, reason=_BY_SAGEMAKER),
        "sagemaker:DescribeModel": _one(made, "model"),
        "sagemaker:CreateModelPackage": Scope(resources=registered, reason=_VERSIONS),
        "sagemaker:DescribeModelPackage": Scope(resources=[versions], reason=_VERSIONS),
    }


def _registers(actions: Collection[str]) -> bool:
    return "sagemaker:CreateModelPackage" in actions


def _one(made: Mapping[str, str], kind: str) -> Scope:
    return Scope(resources=[made[kind]] if kind in made else [], reason=_BY_SAGEMAKER)


def _job_scopes(
    scope: Construct, resources: PipelineResources, required: RequiredActions, role: str
) -> dict[str, Scope]:
    reach = required.reach[role]
    variable_prefixes = [prefix for each, prefix in required.lake_prefixes if each == role]
    namespaces = [namespace for each, namespace in required.metric_namespaces if each == role]
    return {
        **_storage_scopes(resources, reach, variable_prefixes),
        "sagemaker:*ModelPackage*": Scope(
            resources=[_sagemaker_arn(scope, "model-package", f"{resources.package_group}/*")],
            reason=_VERSIONS,
        ),
        **container_scopes(scope, _images(resources, reach), namespaces),
        **network_scopes(scope, resources.job_network),
        **resources.dataset_scopes,
    }


def _images(resources: PipelineResources, reach: Reach) -> list[str]:
    own = [resources.images[name] for name in reach.images if name != MODELS]
    return [*own, *(resources.model_images if MODELS in reach.images else [])]


def _storage_scopes(
    resources: PipelineResources, reach: Reach, variable_prefixes: Sequence[str]
) -> dict[str, Scope]:
    """What the role's jobs read and write; `variable_prefixes` are from their variables."""
    folders = [*_folders(resources, reach.reads), *variable_prefixes]
    code_bucket, code_key = resources.code.bucket.bucket_arn, resources.code.s3_object_key
    code = [f"{code_bucket}/{code_key}"] if CODE in reach.reads else []
    listed = [f"{folder}*" for folder in _widest(folders)]
    return {
        "s3:GetObject": Scope(
            resources=[*(f"{resources.lake_arn}/{objects}" for objects in listed), *code],
            reason=_BY_EXECUTION,
        ),
        "s3:PutObject": _objects(resources, reach.writes),
        "s3:ListBucket": Scope(
            resources=[resources.lake_arn, *([code_bucket] if code else [])],
            conditions={"StringLike": {"s3:prefix": [*listed, *([code_key] if code else [])]}},
        ),
        "kms:CreateGrant": Scope(
            resources=[resources.key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
        "kms:*": Scope(resources=[resources.key_arn]),
    }


def _widest(folders: Sequence[str]) -> list[str]:
    """The folders that lie in none of the others."""
    every = dict.fromkeys(folders)
    return [
        folder
        for folder in every
        if not any(folder != other and folder.startswith(other) for other in every)
    ]


def _objects(resources: PipelineResources, places: Iterable[str]) -> Scope:
    objects = [f"{resources.lake_arn}/{folder}*" for folder in _folders(resources, places)]
    return Scope(resources=objects, reason=_BY_EXECUTION)


def _folders(resources: PipelineResources, places: Iterable[str]) -> list[str]:
    """The prefixes of the lake for places of a definition (see `storage.Reach`)."""
    own = {
        INPUT: f"{INCOMING}{resources.pipeline}/",
        UNLOADED: f"{UNLOAD}{resources.pipeline}/",
        MODELS: f"{KEPT}{resources.models_of}/",
    }
    return [own.get(place, place) for place in places if place != CODE]


def _sagemaker_arn(scope: Construct, kind: str, name: str) -> str:
    return cdk.Stack.of(scope).format_arn(service="sagemaker", resource=kind, resource_name=name)
