"""The roles of one pipeline: each may do what the definition needs of it, and no more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from pipeline_code.definition import RequiredActions
from stacks.constructs.lake import INCOMING, KEPT, RUNS, UNLOAD
from stacks.constructs.permissions import Scope, derived_policy
from stacks.constructs.service_trust import sagemaker

# How SageMaker Pipelines begins the name of every job and model it makes.
_MADE_BY_PIPELINES = "pipelines-*"


@dataclass(frozen=True, kw_only=True)
class PipelineResources:
    """What the roles of one pipeline act on; `models_of` is the pipeline whose models it uses."""

    pipeline: str
    models_of: str
    package_group: str
    lake_arn: str
    key_arn: str
    code: assets.Asset
    images: Collection[str]
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
        needed: RequiredActions,
        resources: PipelineResources,
    ) -> None:
        super().__init__(scope, name)
        self.policies: list[iam.Policy] = []
        self.jobs = {
            parameter: self._role(
                parameter.removesuffix("Arn"),
                needed.of(parameter),
                _job_scopes(self, resources, _Told.of(needed, parameter)),
            )
            for parameter in needed.passed_roles
        }
        self.execution = self._role(
            "ExecutionRole", needed.execution, _execution_scopes(self, resources, self.jobs)
        )

    def _role(self, name: str, actions: Collection[str], scopes: Mapping[str, Scope]) -> iam.Role:
        role = iam.Role(self, name, assumed_by=sagemaker(self))
        self.policies.append(
            derived_policy(self, f"{name}Policy", role=role, actions=actions, scopes=scopes)
        )
        return role


def _execution_scopes(
    scope: Construct, resources: PipelineResources, jobs: Mapping[str, iam.Role]
) -> dict[str, Scope]:
    group = resources.package_group
    made = Scope(
        resources=[
            *(
                _sagemaker_arn(scope, kind, _MADE_BY_PIPELINES)
                for kind in ("processing-job", "training-job", "transform-job", "model")
            ),
            _sagemaker_arn(scope, "model-package-group", group),
            _sagemaker_arn(scope, "model-package", f"{group}/*"),
        ],
        reason="SageMaker Pipelines names its jobs and models when it makes them.",
    )
    return {
        "iam:PassRole": Scope(
            resources=[role.role_arn for role in jobs.values()],
            conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        ),
        "sagemaker:*": made,
        "s3:GetObject": Scope(
            resources=_written(resources),
            reason="A run's files lie under its execution id, known when it starts.",
        ),
        "kms:Decrypt": Scope(resources=[resources.key_arn]),
        "lambda:InvokeFunction": Scope(resources=list(resources.function_arns)),
        "sqs:SendMessage": Scope(resources=[resources.extract_queue_arn]),
    }


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What the definition tells the jobs of one role of: where to look and where to tell."""

    reads_lake: bool
    prefixes: Sequence[str]
    namespaces: Sequence[str]

    @classmethod
    def of(cls, needed: RequiredActions, role: str) -> _Told:
        return cls(
            reads_lake=role in needed.lake_readers,
            prefixes=[prefix for each, prefix in needed.lake_prefixes if each == role],
            namespaces=[namespace for each, namespace in needed.metric_namespaces if each == role],
        )


def _job_scopes(scope: Construct, resources: PipelineResources, told: _Told) -> dict[str, Scope]:
    folders = [*([INCOMING] if told.reads_lake else []), RUNS, KEPT, UNLOAD]
    own = [f"{folder}{resources.pipeline}/*" for folder in folders]
    others = [f"{prefix}*" for prefix in (f"{KEPT}{resources.models_of}/", *told.prefixes)]
    return {
        **_storage_scopes(resources, list(dict.fromkeys([*own, *others]))),
        **_registry_scopes(scope, resources),
        **container_scopes(scope, resources.images, told.namespaces),
        **network_scopes(scope),
        **resources.dataset_scopes,
    }


def _written(resources: PipelineResources) -> list[str]:
    return [f"{resources.lake_arn}/{folder}{resources.pipeline}/*" for folder in (RUNS, KEPT)]


def _storage_scopes(resources: PipelineResources, read: Sequence[str]) -> dict[str, Scope]:
    """What `read` names of the lake is read, and what runs leave there is written."""
    reason = "A run's files lie under its execution id, known when it starts."
    code_bucket, code_key = resources.code.bucket.bucket_arn, resources.code.s3_object_key
    return {
        "s3:GetObject": Scope(
            resources=[
                *(f"{resources.lake_arn}/{objects}" for objects in read),
                f"{code_bucket}/{code_key}",
            ],
            reason=reason,
        ),
        "s3:PutObject": Scope(resources=_written(resources), reason=reason),
        "s3:ListBucket": Scope(
            resources=[resources.lake_arn, code_bucket],
            conditions={"StringLike": {"s3:prefix": [*read, code_key]}},
        ),
        "kms:CreateGrant": Scope(
            resources=[resources.key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
        "kms:*": Scope(resources=[resources.key_arn]),
    }


def _registry_scopes(scope: Construct, resources: PipelineResources) -> dict[str, Scope]:
    versions = f"{resources.package_group}/*"
    return {
        "sagemaker:*ModelPackage*": Scope(
            resources=[_sagemaker_arn(scope, "model-package", versions)],
            reason="The registry numbers the versions of a group.",
        ),
    }


def container_scopes(
    scope: Construct, images: Collection[str], namespaces: Sequence[str] = ()
) -> dict[str, Scope]:
    """Where a container of SageMaker comes from and what it leaves in CloudWatch.

    `namespaces` are those in which it puts metrics of ours, beside SageMaker's own.
    """
    allowed = ["/aws/sagemaker/*", *namespaces]
    log_groups = cdk.Stack.of(scope).format_arn(
        service="logs",
        resource="log-group",
        resource_name="/aws/sagemaker/*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    return {
        "logs:*": Scope(
            resources=[log_groups], reason="SageMaker names the log streams of its jobs."
        ),
        "cloudwatch:PutMetricData": Scope(
            resources=["*"],
            conditions={
                "StringLike": {"cloudwatch:namespace": allowed if len(allowed) > 1 else allowed[0]}
            },
            reason="Metrics have no ARN; the condition limits their namespace.",
        ),
        "ecr:GetAuthorizationToken": Scope(
            resources=["*"], reason="A registry's token has no ARN."
        ),
        "ecr:*": Scope(resources=[_repository_arn(scope, image) for image in images]),
    }


def network_scopes(scope: Construct) -> dict[str, Scope]:
    """How an instance of SageMaker joins the VPC."""
    stack = cdk.Stack.of(scope)
    parts = ("network-interface", "security-group", "subnet")
    return {
        "ec2:Describe*": Scope(resources=["*"], reason="EC2 describes no single resource."),
        "ec2:*": Scope(
            resources=[
                stack.format_arn(service="ec2", resource=part, resource_name="*") for part in parts
            ],
            reason="SageMaker makes the network interfaces of a job when it starts it.",
        ),
    }


def _sagemaker_arn(scope: Construct, kind: str, name: str) -> str:
    return cdk.Stack.of(scope).format_arn(service="sagemaker", resource=kind, resource_name=name)


def _repository_arn(scope: Construct, image: str) -> str:
    """The repository's ARN of an image URI `<account>.dkr.ecr.<region>.<suffix>/<name>:<tag>`."""
    registry, _, name = image.partition("/")
    account, _, _, region, *_ = registry.split(".")
    return cdk.Stack.of(scope).format_arn(
        service="ecr",
        account=account,
        region=region,
        resource="repository",
        resource_name=name.partition(":")[0],
    )
