"""Derives the permissions that the roles of a definition need (standard library only)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_cloud.definition_rules.document import (
    Step,
    expressions_of,
    own_document,
    references_of,
    steps_of,
)
from pipeline_code.compiler.errors import DefinitionError
from tests.crosscheck import step_actions
from tests.crosscheck.job_variables import by_role, lake_prefixes, metric_namespaces
from tests.crosscheck.step_actions import (
    CREATE_APPLICATION,
    EMR_ON_NEW_CLUSTER,
    EXECUTION,
    GROUP,
    GROUP_PREFIX,
    JOIN_VPC,
    QUERY_ATHENA,
    QUERY_WAREHOUSE,
    READ_REGISTRY,
    READ_SECRET,
    ROLE_FIELDS,
    RUN_CONTAINER,
    SECRET_OF_DATABASE,
    USE_KEY,
    USE_S3_PATHS,
    WRITE_OUTPUTS,
    WRITE_RECORDS,
)
from tests.crosscheck.storage import Reach, reaches

EXECUTION_ROLE = "execution"  # the role that SageMaker Pipelines assumes


@dataclass(frozen=True)
class Requirement:
    """The actions that one step needs from one role.

    `role` is "execution" or the name of the parameter that contains the role ("TrainingRoleArn").
    """

    step: str
    role: str
    actions: tuple[str, ...]


@dataclass(frozen=True)
class RequiredActions:
    """The permissions that the roles of a definition need.

    `passed_roles` are the parameters with the roles that the execution role passes (iam:PassRole).
    `reach` contains the locations in S3 that each role reads and writes. `lake_prefixes` and
    `metric_namespaces` are pairs of a role and a value in the variables of its jobs: a prefix of
    the lake that the jobs read, or a namespace in which they put metrics.
    """

    requirements: tuple[Requirement, ...]
    passed_roles: tuple[str, ...]
    reach: Mapping[str, Reach] = field(default_factory=dict)
    lake_prefixes: tuple[tuple[str, str], ...] = ()
    metric_namespaces: tuple[tuple[str, str], ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that needs an action, including the execution role."""
        return tuple(sorted({requirement.role for requirement in self.requirements}))

    def of(self, role: str) -> tuple[str, ...]:
        """The actions that `role` needs, sorted; empty if the definition does not use the role."""
        needed = (need.actions for need in self.requirements if need.role == role)
        return tuple(sorted({action for actions in needed for action in actions}))

    @property
    def execution(self) -> tuple[str, ...]:
        """The actions of the role that SageMaker Pipelines assumes."""
        return self.of(EXECUTION_ROLE)


def required_actions(body: dict[str, Any]) -> RequiredActions:
    """Return the actions that the execution role and each job's role need for `body`.

    Raises:
        DefinitionError: the definition contains a step type whose needs are unknown.
    """
    steps = tuple(steps_of(body))
    acting = _acting_roles(steps)
    needs = (
        need
        for step in steps
        for need in (*_execution_needs(step), *_job_needs(step, acting[step.name]))
    )
    passed = sorted({role for step in steps for role in _roles(step)})
    return RequiredActions(
        tuple(need for need in needs if need.actions),
        tuple(passed),
        reach=reaches(steps, acting, EXECUTION_ROLE),
        lake_prefixes=by_role(lake_prefixes, steps, acting),
        metric_namespaces=by_role(metric_namespaces, steps, acting),
    )


def _execution_needs(step: Step) -> Iterator[Requirement]:
    if step.type not in EXECUTION:
        raise DefinitionError(
            f"step {step.name}: what a step of type {step.type!r} needs of its role is not known; "
            f"known are {', '.join(sorted(EXECUTION))}: add it to {step_actions.__name__}"
        )
    actions = [*_of_type(step), *(["iam:PassRole"] if _roles(step) else [])]
    if _reads_json(step):
        actions += ["s3:GetObject", "kms:Decrypt"]
    if step.type == "Model" and "ModelPackageName" in _keys(step.arguments):
        actions.append("sagemaker:DescribeModelPackage")
    yield Requirement(step.name, EXECUTION_ROLE, tuple(sorted(set(actions))))


def _of_type(step: Step) -> tuple[str, ...]:
    """The actions of a type of step; those of EMR depend on what the step creates."""
    if step.type == "EMR" and "ClusterConfig" in step.arguments:
        return EMR_ON_NEW_CLUSTER
    creates = "ApplicationConfig" in step.arguments
    return EXECUTION[step.type] + (CREATE_APPLICATION if creates else ())


def _reads_json(step: Step) -> bool:
    return any("Std:JsonGet" in item for _, item in expressions_of(own_document(step)))


def _acting_roles(steps: Sequence[Step]) -> dict[str, list[str]]:
    """Step -> the roles that it uses; a transform job uses the roles of its model."""
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
    if step.type == "EMRServerless":
        return {*USE_S3_PATHS, *USE_KEY}
    keys = set(_keys(step.arguments))
    actions = set(RUN_CONTAINER)
    if step.type != "Model":
        actions.update(WRITE_OUTPUTS)
    if {"VpcConfig"} & keys:
        actions.update(JOIN_VPC)
    if {"KmsKeyId", "VolumeKmsKeyId"} & keys:
        actions.update(USE_KEY)
    if step.type == "Model":
        actions.add("kms:Decrypt")  # for model.tar.gz; its key is not in the request
    if "RedshiftDatasetDefinition" in keys:
        actions.update(QUERY_WAREHOUSE)
    if "AthenaDatasetDefinition" in keys:
        actions.update(QUERY_ATHENA)
    variables = {name for _, name in references_of(step.arguments.get("Environment"))}
    if GROUP in variables:
        actions.update(READ_REGISTRY)
    if any(map(SECRET_OF_DATABASE.fullmatch, variables)):
        actions.update(READ_SECRET)
    if GROUP_PREFIX in variables:
        actions.update(WRITE_RECORDS)
    return actions


def _roles(step: Step) -> list[str]:
    field = ROLE_FIELDS.get(step.type)
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
    if isinstance(role, dict) and str(role.get("Get", "")).startswith("Environment."):
        return str(role["Get"]).removeprefix("Environment.")
    return str(role)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)
