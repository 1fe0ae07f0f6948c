"""Steps that use the classes of the SageMaker SDK."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, get_args

from sagemaker.mlops.workflow.condition_step import ConditionStep

from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.compiler.manifest import NOTHING, Access, JobRole
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import role_arn
from pipeline_code.workflow.step_kind import StepKind, kinds
from pipeline_code.workflow.steps.condition import reading
from pipeline_code.workflow.variables import access_of


def add(
    p: Collector,
    step: Any,
    *,
    role: JobRole | None = None,
    job: Access = NOTHING,
    execution: Access = NOTHING,
    functions: Collection[str] = (),
    queues: Collection[str] = (),
) -> Any:
    """Add a step of the SDK's workflow layer (LambdaStep, ProcessingStep, …).

    `role` is the role of its job or model; it replaces the role in the step's request. `job` is the
    access that the job needs in addition to the access to its inputs and variables, which is
    derived (`preprocess["train"]` may be read). `execution` are the actions that SageMaker
    Pipelines needs for a step type that has no file in workflow/steps. `functions` and `queues` are
    the environment values of the functions and queues that the step uses. Add the steps in the
    branches of a condition before the condition.

    Raises:
        DefinitionError: the step needs a role or actions that are not declared, or calls AWS.
    """
    arguments = _arguments(step)
    kind = _kind(step, execution)
    if kind.role_field:
        if role is None:
            raise DefinitionError(
                f"step {step.name} has no declared role: allowed are "
                f"{', '.join(get_args(JobRole))}; pass one, p.add(step, role={kind.role!r})"
            )
        fields = filter(None, (kind.role_field, kind.inner_role_field))
        p.roles[step.name] = dict.fromkeys(fields, role_arn(role).expr)
    if isinstance(step, ConditionStep):
        p.nest(step.name, [*step.if_steps, *step.else_steps])
    needs = kind.needs(
        step.name,
        role=role,
        job=access_of(arguments) | job,
        execution=reading(arguments) | kind.chosen(arguments) | execution,
        functions=functions,
        queues=queues,
    )
    return p.collect(step, needs)


def _arguments(step: Any) -> dict[str, Any]:
    """Return the arguments of a step: its request.

    The SDK creates the request when it is read. For many processors and trainers, it then calls
    AWS.
    """
    try:
        arguments: dict[str, Any] = step.step_only_arguments
    except Exception as error:  # any error that the SDK's session raises without an account
        raise DefinitionError(
            f"step {step.name} cannot be compiled without AWS ({type(error).__name__}: {error}): "
            "allowed are steps whose arguments need no session; create it with p.processing, "
            "p.training or p.transform, or pass to its processor or trainer all values that it "
            "would request from AWS"
        ) from error
    return arguments


def _kind(step: Any, execution: Access) -> StepKind:
    name = step.step_type.value
    known = kinds()
    if name not in known and not execution.actions:
        raise DefinitionError(
            f"step {step.name}: the actions of the execution role for a step of type {name} are "
            f"unknown; known types are {', '.join(sorted(known))}: pass them, "
            "p.add(step, execution=Access(actions=…)), or add a file to workflow/steps"
        )
    return known.get(name, StepKind(type=name))
