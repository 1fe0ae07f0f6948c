"""Derive from a definition what its roles must be allowed to do (standard library only).

Source: AWS, "IAM Access Management" of SageMaker Pipelines and "SageMaker execution roles".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline_code.definition.document import (
    Step,
    expressions_of,
    objects_at,
    own_document,
    references_of,
    steps_of,
)
from pipeline_code.definition.errors import DefinitionError
from pipeline_code.definition.told import by_role, lake_prefixes, metric_namespaces

EXECUTION_ROLE = "execution"  # the role that SageMaker Pipelines itself assumes

# Step type -> what the execution role calls to carry it out. SageMaker tags every job and model
# that a pipeline makes, so AddTags is needed even where the definition gives no tags.
_EXECUTION = {
    "Processing": (
        "sagemaker:AddTags",
        "sagemaker:CreateProcessingJob",
        "sagemaker:DescribeProcessingJob",
        "sagemaker:StopProcessingJob",
    ),
    "Training": (
        "sagemaker:AddTags",
        "sagemaker:CreateTrainingJob",
        "sagemaker:DescribeTrainingJob",
        "sagemaker:StopTrainingJob",
    ),
    "Tuning": (
        "sagemaker:AddTags",
        "sagemaker:CreateHyperParameterTuningJob",
        "sagemaker:DescribeHyperParameterTuningJob",
        "sagemaker:DescribeTrainingJob",
        "sagemaker:StopHyperParameterTuningJob",
    ),
    "Transform": (
        "sagemaker:AddTags",
        "sagemaker:CreateTransformJob",
        "sagemaker:DescribeTransformJob",
        "sagemaker:StopTransformJob",
    ),
    "Model": ("sagemaker:AddTags", "sagemaker:CreateModel", "sagemaker:DescribeModel"),
    "RegisterModel": (
        "s3:GetObject",
        "sagemaker:CreateModelPackage",
        "sagemaker:DescribeModelPackage",
    ),
    "Lambda": ("lambda:InvokeFunction",),
    "Callback": ("sqs:SendMessage",),
    "Condition": (),
    "Fail": (),
    "ForEach": (),
}
_EXECUTION["QualityCheck"] = _EXECUTION["ClarifyCheck"] = _EXECUTION["Processing"]

_ROLE_FIELDS = {
    "Processing": "RoleArn",
    "QualityCheck": "RoleArn",
    "ClarifyCheck": "RoleArn",
    "Training": "RoleArn",
    "Model": "ExecutionRoleArn",
}
_RUN_CONTAINER = (
    "cloudwatch:PutMetricData",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "s3:GetObject",
    "s3:ListBucket",
)
_WRITE_OUTPUTS = ("s3:PutObject",)
_USE_KEY = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
_JOIN_VPC = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
_QUERY_WAREHOUSE = (
    "redshift:GetClusterCredentials",
    "redshift-data:DescribeStatement",
    "redshift-data:ExecuteStatement",
)
# A job that is told the group asks which of its models is approved.
_GROUP = "Parameters.ModelPackageGroupName"
_READ_REGISTRY = ("sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages")


@dataclass(frozen=True)
class Requirement:
    """What one step needs of one role.

    `role` is "execution" or the name of the parameter that holds the role ("TrainingRoleArn").
    """

    step: str
    role: str
    actions: tuple[str, ...]


@dataclass(frozen=True)
class RequiredActions:
    """What the roles of a definition must be allowed to do.

    `passed_roles` are the parameters whose roles the execution role hands on (iam:PassRole);
    `lake_readers` are those of jobs that read files of the lake which no step has written;
    `lake_prefixes` and `metric_namespaces` are pairs of a role and of what its jobs' variables
    name: where in the lake they look, and where they put metrics.
    """

    requirements: tuple[Requirement, ...]
    passed_roles: tuple[str, ...]
    lake_readers: tuple[str, ...]
    lake_prefixes: tuple[tuple[str, str], ...] = ()
    metric_namespaces: tuple[tuple[str, str], ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that needs something, the execution role among them."""
        return tuple(sorted({requirement.role for requirement in self.requirements}))

    def of(self, role: str) -> tuple[str, ...]:
        """The actions that `role` needs, sorted; none when the definition does not use it."""
        needed = (need.actions for need in self.requirements if need.role == role)
        return tuple(sorted({action for actions in needed for action in actions}))

    @property
    def execution(self) -> tuple[str, ...]:
        """The actions of the role that SageMaker Pipelines assumes."""
        return self.of(EXECUTION_ROLE)


def required_actions(body: dict[str, Any]) -> RequiredActions:
    """Give the actions that the execution role and each job's role need for `body`.

    Raises:
        DefinitionError: the definition holds a step type whose needs are not known here.
    """
    steps = tuple(steps_of(body))
    acting = _acting_roles(steps)
    needs = (
        need
        for step in steps
        for need in (*_execution_needs(step), *_job_needs(step, acting[step.name]))
    )
    passed = sorted({role for step in steps for role in _roles(step)})
    readers = sorted({role for step in steps if _reads_lake(step) for role in acting[step.name]})
    return RequiredActions(
        tuple(need for need in needs if need.actions),
        tuple(passed),
        tuple(readers),
        lake_prefixes=by_role(lake_prefixes, steps, acting),
        metric_namespaces=by_role(metric_namespaces, steps, acting),
    )


def _execution_needs(step: Step) -> Iterator[Requirement]:
    if step.type not in _EXECUTION:
        raise DefinitionError(
            f"step {step.name}: what a step of type {step.type!r} needs of its role is not known; "
            f"known are {', '.join(sorted(_EXECUTION))}: add it to {__name__}"
        )
    actions = [*_EXECUTION[step.type], *(["iam:PassRole"] if _roles(step) else [])]
    if _reads_json(step):
        actions += ["s3:GetObject", "kms:Decrypt"]
    if step.type == "Model" and "ModelPackageName" in _keys(step.arguments):
        actions.append("sagemaker:DescribeModelPackage")
    yield Requirement(step.name, EXECUTION_ROLE, tuple(sorted(set(actions))))


def _reads_json(step: Step) -> bool:
    return any("Std:JsonGet" in item for _, item in expressions_of(own_document(step)))


def _reads_lake(step: Step) -> bool:
    """Whether the URI of an input is made of the bucket's name: outputs come by reference."""
    processing = (item.get("S3Input") for item in objects_at(step.arguments, "ProcessingInputs"))
    training = (item.get("DataSource") for item in objects_at(step.arguments, "InputDataConfig"))
    transform = step.arguments.get("TransformInput")
    read = references_of([*processing, *training, transform])
    return "Parameters.LakeBucket" in {name for _, name in read}


def _acting_roles(steps: Sequence[Step]) -> dict[str, list[str]]:
    """Step -> the roles that its work is done with: a transform job takes those of its model."""
    own = {step.name: _roles(step) for step in steps}
    models = {f"Steps.{name}.ModelName": roles for name, roles in own.items()}
    taken = {
        step.name: models.get(name, [])
        for step in steps
        if step.type == "Transform"
        for _, name in references_of(step.arguments.get("ModelName"))
    }
    return own | taken


def _job_needs(step: Step, roles: Iterable[str]) -> Iterator[Requirement]:
    for role in roles:
        yield Requirement(step.name, role, tuple(sorted(_job_actions(step))))


def _job_actions(step: Step) -> set[str]:
    keys = set(_keys(step.arguments))
    actions = set(_RUN_CONTAINER)
    if step.type != "Model":
        actions.update(_WRITE_OUTPUTS)
    if {"VpcConfig"} & keys:
        actions.update(_JOIN_VPC)
    if {"KmsKeyId", "VolumeKmsKeyId"} & keys:
        actions.update(_USE_KEY)
    if step.type == "Model":
        actions.add("kms:Decrypt")  # of model.tar.gz, whose key the request does not name
    if "RedshiftDatasetDefinition" in keys:
        actions.update(_QUERY_WAREHOUSE)
    if _GROUP in {name for _, name in references_of(step.arguments.get("Environment"))}:
        actions.update(_READ_REGISTRY)
    return actions


def _roles(step: Step) -> list[str]:
    field = _ROLE_FIELDS.get(step.type)
    if step.type == "Tuning":
        return sorted({_role_name(role) for role in _tuning_roles(step)})
    if field is None or field not in step.arguments:
        return []
    return [_role_name(step.arguments[field])]


def _tuning_roles(step: Step) -> Iterator[Any]:
    several = step.arguments.get("TrainingJobDefinitions", [])
    for job in (step.arguments.get("TrainingJobDefinition"), *several):
        if isinstance(job, dict) and "RoleArn" in job:
            yield job["RoleArn"]


def _role_name(role: Any) -> str:
    if isinstance(role, dict) and str(role.get("Get", "")).startswith("Parameters."):
        return str(role["Get"]).removeprefix("Parameters.")
    return str(role)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)
