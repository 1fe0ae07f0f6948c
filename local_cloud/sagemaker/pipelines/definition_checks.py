"""What is wrong with a definition or cannot be carried out here, one sentence each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import Any

from local_cloud.sagemaker.jobs import request_checks
from local_cloud.sagemaker.pipelines import conditions, retry_policies, step_cache
from local_cloud.sagemaker.pipelines.definition_model import Plan, Step
from local_cloud.sagemaker.pipelines.expressions import EXECUTION_VARIABLES, references

STEP_TYPES = (
    "Processing",
    "Training",
    "Transform",
    "Model",
    "RegisterModel",
    "Condition",
    "Fail",
    "Lambda",
    "Callback",
)
# StepName of the API.
_STEP_NAME = r"[A-Za-z0-9\-_]{1,64}"
_MOST_SHOWN = 10
_SERVICE_NAMES = {
    "Processing": "ProcessingJobName",
    "Training": "TrainingJobName",
    "Transform": "TransformJobName",
    "Model": "ModelName",
}
_RETRYABLE = frozenset({"Processing", "Training", "Transform", "Model", "RegisterModel"})
_MEMBERS = frozenset(
    {
        "Name",
        "Type",
        "Arguments",
        "DependsOn",
        "DisplayName",
        "Description",
        "CacheConfig",
        "RetryPolicies",
        "PropertyFiles",
        "FunctionArn",
        "SqsQueueUrl",
        "OutputParameters",
    }
)


def of_shape(entry: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a step's members, before it is parsed."""
    name, kind = entry.get("Name"), entry.get("Type")
    if not name:
        yield f"A step of type {kind} has no Name."
    elif not re.fullmatch(_STEP_NAME, str(name)):
        yield f"Step {str(name)[:64]}: its Name must be 1 to 64 letters, digits, - and _."
    if kind not in STEP_TYPES:
        known = ", ".join(STEP_TYPES)
        yield f"Step {name}: the step type {kind} is not supported here; use {known}."
    for member in sorted(set(entry) - _MEMBERS):
        yield f"Step {name}: {member} is not supported here; leave it out."
    if entry.get("RetryPolicies") and kind not in _RETRYABLE:
        yield f"Step {name}: a step of type {kind} takes no RetryPolicies."
    if (entry.get("CacheConfig") or {}).get("Enabled") and kind not in step_cache.KEY_ATTRIBUTES:
        yield f"Step {name}: caching of steps of type {kind} is not supported here."


def of_plan(plan: Plan, steps: list[Step]) -> Iterator[str]:
    """What is wrong with steps and with how they refer to each other."""
    names = Counter(step.name for step in steps)
    yield from (f"Step {name} exists twice." for name, count in names.items() if count > 1)
    declared = {parameter.name for parameter in plan.parameters}
    for step in steps:
        texts = partial("Step {}: {}".format, step.name)
        yield from map(texts, _of_references(step, plan, declared))
        yield from map(texts, of_arguments(step))
        yield from map(texts, retry_policies.findings(step.retry_policies))
    cycle = sorted(_steps_in_cycles(plan))
    if cycle:
        more = f" and {len(cycle) - _MOST_SHOWN} more" if len(cycle) > _MOST_SHOWN else ""
        yield f"The steps {cycle[:_MOST_SHOWN]}{more} wait for each other."


def _of_references(step: Step, plan: Plan, declared: set[str]) -> Iterator[str]:
    for name in sorted(step.dependencies - plan.steps.keys()):
        yield f"it refers to the step {name}, which does not exist."
    for found in references([step.arguments, step.function_arn, step.queue_url]):
        if found.kind == "Parameters" and found.name not in declared:
            yield f"{found.text} is not a declared parameter."
        if found.kind == "Execution" and found.name not in EXECUTION_VARIABLES:
            yield f"{found.text} is not an execution variable."
        other = plan.steps.get(found.name) if found.kind == "Steps" else None
        file = found.property_file
        if other and file and file not in other.property_files:
            yield f"the step {found.name} has no property file {file}."


def of_arguments(step: Step) -> Iterator[str]:
    """What of a step's arguments cannot be done."""
    name = _SERVICE_NAMES.get(step.type, "")
    if name in step.arguments:
        yield f"{name} is not supported here; leave it out, the service names what a step makes."
    if step.type == "Processing":
        yield from request_checks.processing_findings(step.arguments)
    elif step.type == "Training":
        yield from request_checks.training_findings(step.arguments)
    elif step.type == "Transform":
        yield from request_checks.transform_findings(step.arguments)
    elif step.type == "Condition":
        yield from conditions.findings(step.arguments["Conditions"])
    elif step.type == "Fail" and set(step.arguments) != {"ErrorMessage"}:
        yield "a Fail step has exactly one argument, ErrorMessage."
    elif step.type == "Lambda" and not step.function_arn:
        yield "a Lambda step needs a FunctionArn."
    elif step.type == "Callback" and not step.queue_url:
        yield "a Callback step needs an SqsQueueUrl."


def _steps_in_cycles(plan: Plan) -> set[str]:
    """The steps that can never begin."""
    left = set(plan.steps)
    order = TopologicalSorter({name: step.dependencies & left for name, step in plan.steps.items()})
    try:
        order.prepare()
    except CycleError:
        # It goes on with the steps that no cycle holds back.
        while ready := order.get_ready():
            left.difference_update(ready)
            order.done(*ready)
        return left
    return set()
