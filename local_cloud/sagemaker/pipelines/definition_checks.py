"""Finds parts of a definition that AWS accepts, but the laptop cloud does not support.

`local_cloud.definition_rules` contains the rules of AWS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from local_cloud.definition_rules.targets import EXECUTION_VARIABLES as KNOWN_TO_AWS
from local_cloud.sagemaker.pipelines.definition_model import Plan, Step
from local_cloud.sagemaker.pipelines.expressions import EXECUTION_VARIABLES, references
from local_cloud.sagemaker.pipelines.sdk_step_types import classes_by_type, feature_of
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor
from local_cloud.sagemaker.pipelines.steps import executors, find_executor

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
    """Check the members of a step, before the step is parsed."""
    name, kind = entry["Name"], entry["Type"]
    executor = find_executor(kind)
    feature = feature_of(entry)
    if executor is None or feature:
        shown = feature or ", ".join(classes_by_type().get(kind, []))
        known = ", ".join(executors())
        yield f"Step {name}: the step type {kind} ({shown}) is not supported here; use {known}."
    else:
        yield from _of_members(executor, entry)


def _of_members(executor: StepExecutor, entry: Mapping[str, Any]) -> Iterator[str]:
    name = entry["Name"]
    for member in sorted(set(entry) - _COMMON_MEMBERS - executor.members):
        yield f"Step {name}: {member} is not supported here; leave it out."
    if entry.get("CacheConfig", {}).get("Enabled") and not executor.cache_key_attributes:
        yield f"Step {name}: caching of steps of type {executor.type} is not supported here."
    for dependency in entry.get("DependsOn", ()):
        if not isinstance(dependency, str):
            yield f"Step {name}: DependsOn {dependency} is not supported here; use the step's name."


def of_plan(plan: Plan) -> Iterator[str]:
    """Check the steps and their references."""
    for step in plan.steps.values():
        texts = partial("Step {}: {}".format, step.name)
        yield from map(texts, _of_references(step, plan))
        yield from map(texts, of_arguments(step))


def _of_references(step: Step, plan: Plan) -> Iterator[str]:
    for found in references([step.arguments, step.members]):
        source = plan.steps.get(found.name) if found.kind == "Steps" else None
        if source and found.path in executors()[source.type].absent_properties:
            yield f"{found.text} is not supported here: the laptop cloud does not compute it."
        if found.kind == "Execution" and found.name in KNOWN_TO_AWS - EXECUTION_VARIABLES:
            yield f"{found.text} is not supported here."


def of_arguments(step: Step) -> Iterator[str]:
    """Check the arguments of a step."""
    executor = executors()[step.type]
    name, longest = executor.name_argument, executor.longest_prefix
    prefix = step.arguments.get(name) if name else None
    if isinstance(prefix, str) and len(prefix) > longest:
        yield (
            f"{name} {prefix!r} is the prefix of the name, which has at most {longest} characters."
        )
    yield from executor.findings(step)
