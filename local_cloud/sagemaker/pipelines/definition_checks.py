"""Checks of a definition: one sentence for each error or unsupported feature."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import Any

from local_cloud.sagemaker.pipelines import retry_policies
from local_cloud.sagemaker.pipelines.definition_model import Plan, Step
from local_cloud.sagemaker.pipelines.expressions import EXECUTION_VARIABLES, references
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor
from local_cloud.sagemaker.pipelines.steps import executors, find_executor

# StepName of the API.
_STEP_NAME = r"[A-Za-z0-9\-_]{1,64}"
_MAX_SHOWN = 10
_COMMON_MEMBERS = frozenset(
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
    }
)


def of_shape(entry: Mapping[str, Any]) -> Iterator[str]:
    """Check a step's members before the step is parsed."""
    name, kind = entry.get("Name"), entry.get("Type")
    if not name:
        yield f"A step of type {kind} has no Name."
    elif not re.fullmatch(_STEP_NAME, str(name)):
        yield f"Step {str(name)[:64]}: its Name must be 1 to 64 letters, digits, - and _."
    executor = find_executor(kind)
    if executor is None:
        known = ", ".join(executors())
        yield f"Step {name}: the step type {kind} is not supported here; use {known}."
    else:
        yield from _of_members(executor, entry)


def _of_members(executor: StepExecutor, entry: Mapping[str, Any]) -> Iterator[str]:
    name = entry.get("Name")
    for member in sorted(set(entry) - _COMMON_MEMBERS - executor.members):
        yield f"Step {name}: {member} is not supported here; leave it out."
    if entry.get("RetryPolicies") and not executor.retryable:
        yield f"Step {name}: a step of type {executor.type} takes no RetryPolicies."
    if (entry.get("CacheConfig") or {}).get("Enabled") and not executor.cache_key_attributes:
        yield f"Step {name}: caching of steps of type {executor.type} is not supported here."


def of_plan(plan: Plan, steps: list[Step]) -> Iterator[str]:
    """Check the steps and their references to each other."""
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
        more = f" and {len(cycle) - _MAX_SHOWN} more" if len(cycle) > _MAX_SHOWN else ""
        yield f"The steps {cycle[:_MAX_SHOWN]}{more} wait for each other."


def _of_references(step: Step, plan: Plan, declared: set[str]) -> Iterator[str]:
    for name in sorted(step.dependencies - plan.steps.keys()):
        yield f"it refers to the step {name}, which does not exist."
    for found in references([step.arguments, step.members]):
        if found.kind == "Parameters" and found.name not in declared:
            yield f"{found.text} is not a declared parameter."
        if found.kind == "Execution" and found.name not in EXECUTION_VARIABLES:
            yield f"{found.text} is not an execution variable."
        other = plan.steps.get(found.name) if found.kind == "Steps" else None
        file = found.property_file
        if other and file and file not in other.property_files:
            yield f"the step {found.name} has no property file {file}."


def of_arguments(step: Step) -> Iterator[str]:
    """Check the arguments of a step."""
    executor = executors()[step.type]
    name = executor.name_argument
    if name in step.arguments:
        yield f"{name} is not supported here; leave it out. The service sets the name."
    yield from executor.findings(step)


def _steps_in_cycles(plan: Plan) -> set[str]:
    """Return the steps that can never start."""
    left = set(plan.steps)
    order = TopologicalSorter({name: step.dependencies & left for name, step in plan.steps.items()})
    try:
        order.prepare()
    except CycleError:
        # Continue with the steps that do not depend on a cycle.
        while ready := order.get_ready():
            left.difference_update(ready)
            order.done(*ready)
        return left
    return set()
