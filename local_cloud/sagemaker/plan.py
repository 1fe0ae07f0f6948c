"""From the JSON of a definition to a plan: its steps, what each waits for, and what is refused.

Pure: nothing here touches a service. Source: the pipeline definition JSON, version 2020-12-01.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from local_cloud.sagemaker import caching, conditions, parameters, retries, supported
from local_cloud.sagemaker.errors import ExpressionError, UnsupportedDefinition
from local_cloud.sagemaker.expressions import (
    EXECUTION_VARIABLES,
    GET,
    Reference,
    reference,
    references,
)
from local_cloud.sagemaker.parameters import Parameter
from local_cloud.sagemaker.retries import RetryPolicy

VERSION = "2020-12-01"
STEP_TYPES = ("Processing", "Training", "Model", "RegisterModel", "Condition", "Fail", "Lambda")
_SERVICE_NAMES = {
    "Processing": "ProcessingJobName",
    "Training": "TrainingJobName",
    "Model": "ModelName",
}
_RETRYABLE = frozenset({"Processing", "Training", "Model", "RegisterModel"})
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
        "OutputParameters",
    }
)
# A definition may name an experiment; tracking is not work of a run, so it is left aside.
_TOP_MEMBERS = frozenset({"Version", "Metadata", "Parameters", "PipelineExperimentConfig", "Steps"})


@dataclass(frozen=True)
class PropertyFile:
    """A file of a processing output whose JSON later steps read."""

    name: str
    output_name: str
    file_path: str


@dataclass(frozen=True)
class Branch:
    """The side of a Condition step that a step stands on."""

    condition: str
    outcome: bool


@dataclass(frozen=True)
class Step:
    """One step with everything that decides when and how it runs."""

    name: str
    type: str
    arguments: Mapping[str, Any]
    needs: frozenset[str]
    branch: Branch | None
    display_name: str | None
    description: str | None
    cache_for: timedelta | None
    retry_policies: tuple[RetryPolicy, ...]
    property_files: Mapping[str, PropertyFile]
    function_arn: Any = None
    output_parameters: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Plan:
    """A definition that can be carried out."""

    parameters: tuple[Parameter, ...]
    steps: Mapping[str, Step]


def make_plan(body: str) -> Plan:
    """The plan of a definition; raises `UnsupportedDefinition` with every finding."""
    document = _load(body)
    declared = parameters.parse(document.get("Parameters", []))
    raw = list(_flatten(document["Steps"], None))
    _refuse(finding for entry, _ in raw for finding in _findings_of_shape(entry))
    steps = [_step(entry, branch) for entry, branch in raw]
    plan = Plan(parameters=declared, steps={step.name: step for step in steps})
    _refuse(_findings(plan, steps))
    return plan


def _load(body: str) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except json.JSONDecodeError as error:
        raise UnsupportedDefinition([f"The definition is not JSON: {error}."]) from error
    if not isinstance(document, dict) or not document.get("Steps"):
        raise UnsupportedDefinition(["The definition has no Steps."])
    unknown = sorted(set(document) - _TOP_MEMBERS)
    _refuse(f"The member {name} of the definition is not supported here." for name in unknown)
    if document.get("Version") != VERSION:
        raise UnsupportedDefinition(
            [f"The definition's Version is {document.get('Version')!r}; it must be {VERSION}."]
        )
    return document


def _refuse(findings: Iterator[str]) -> None:
    found = list(findings)
    if found:
        raise UnsupportedDefinition(found)


def _flatten(
    entries: list[Mapping[str, Any]], branch: Branch | None
) -> Iterator[tuple[Mapping[str, Any], Branch | None]]:
    """Every step, those inside of conditions included, with its branch."""
    for entry in entries:
        yield entry, branch
        if entry.get("Type") == "Condition":
            for member, outcome in (("IfSteps", True), ("ElseSteps", False)):
                inner = entry.get("Arguments", {}).get(member, [])
                yield from _flatten(inner, Branch(entry.get("Name", ""), outcome))


def _findings_of_shape(entry: Mapping[str, Any]) -> Iterator[str]:
    name, kind = entry.get("Name"), entry.get("Type")
    if not name:
        yield f"A step of type {kind} has no Name."
    if kind not in STEP_TYPES:
        known = ", ".join(STEP_TYPES)
        yield f"Step {name}: the step type {kind} is not supported here; use {known}."
    for member in sorted(set(entry) - _MEMBERS):
        yield f"Step {name}: {member} is not supported here; leave it out."
    if entry.get("RetryPolicies") and kind not in _RETRYABLE:
        yield f"Step {name}: a step of type {kind} takes no RetryPolicies."
    if (entry.get("CacheConfig") or {}).get("Enabled") and kind not in caching.KEY_ATTRIBUTES:
        yield f"Step {name}: caching of steps of type {kind} is not supported here."


def _step(entry: Mapping[str, Any], branch: Branch | None) -> Step:
    try:
        return _parse_step(entry, branch)
    except ExpressionError as error:
        raise UnsupportedDefinition([f"Step {entry['Name']}: {error}"]) from error


def _parse_step(entry: Mapping[str, Any], branch: Branch | None) -> Step:
    arguments = entry.get("Arguments", {})
    own = _own_arguments(entry["Type"], arguments)
    needed = {found.name for found in _steps_of([own, entry.get("FunctionArn")])}
    before = {branch.condition} if branch else set()
    return Step(
        name=entry["Name"],
        type=entry["Type"],
        arguments=own,
        needs=frozenset(needed | before | set(entry.get("DependsOn", []))),
        branch=branch,
        display_name=entry.get("DisplayName"),
        description=entry.get("Description"),
        cache_for=_cache_for(entry.get("CacheConfig") or {}),
        retry_policies=retries.parse(entry.get("RetryPolicies", [])),
        property_files={file.name: file for file in _property_files(entry)},
        function_arn=entry.get("FunctionArn"),
        output_parameters=tuple(entry.get("OutputParameters", [])),
    )


def _own_arguments(kind: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """A Condition's arguments without the steps inside of it."""
    if kind != "Condition":
        return arguments
    return {"Conditions": arguments.get("Conditions", [])}


def _steps_of(value: Any) -> Iterator[Reference]:
    return (found for found in references(value) if found.kind == "Steps")


def _cache_for(config: Mapping[str, Any]) -> timedelta | None:
    """How old a cached result may be; a century stands for a config without ExpireAfter."""
    if not config.get("Enabled"):
        return None
    return caching.duration(config.get("ExpireAfter", "100y"))


def _property_files(entry: Mapping[str, Any]) -> Iterator[PropertyFile]:
    for file in entry.get("PropertyFiles", []):
        yield PropertyFile(file["PropertyFileName"], file["OutputName"], file["FilePath"])


def _findings(plan: Plan, steps: list[Step]) -> Iterator[str]:
    names = [step.name for step in steps]
    yield from (f"Step {name} exists twice." for name in plan.steps if names.count(name) > 1)
    declared = {parameter.name for parameter in plan.parameters}
    for step in steps:
        texts = partial("Step {}: {}".format, step.name)
        yield from map(texts, _findings_of_references(step, plan, declared))
        yield from map(texts, _findings_of_arguments(step))
        yield from map(texts, retries.findings(step.retry_policies))
    cycle = _steps_in_cycles(plan)
    if cycle:
        yield f"The steps {sorted(cycle)} wait for each other."


def _findings_of_references(step: Step, plan: Plan, declared: set[str]) -> Iterator[str]:
    for name in sorted(step.needs - set(plan.steps)):
        yield f"it refers to the step {name}, which does not exist."
    for found in references([step.arguments, step.function_arn]):
        if found.kind == "Parameters" and found.name not in declared:
            yield f"{found.text} is not a declared parameter."
        if found.kind == "Execution" and found.name not in EXECUTION_VARIABLES:
            yield f"{found.text} is not an execution variable."
        other = plan.steps.get(found.name) if found.kind == "Steps" else None
        file = found.property_file
        if other and file and file not in other.property_files:
            yield f"the step {found.name} has no property file {file}."


def _findings_of_arguments(step: Step) -> Iterator[str]:
    name = _SERVICE_NAMES.get(step.type, "")
    if name in step.arguments:
        yield f"{name} is not supported here; leave it out, the service names what a step makes."
    if step.type == "Processing":
        yield from supported.processing_findings(step.arguments)
    elif step.type == "Training":
        yield from supported.training_findings(step.arguments)
    elif step.type == "Condition":
        yield from conditions.findings(step.arguments["Conditions"])
    elif step.type == "Fail" and set(step.arguments) != {"ErrorMessage"}:
        yield "a Fail step has exactly one argument, ErrorMessage."
    elif step.type == "Lambda" and not step.function_arn:
        yield "a Lambda step needs a FunctionArn."


def _steps_in_cycles(plan: Plan) -> set[str]:
    left = dict(plan.steps)
    while ready := [name for name, step in left.items() if not step.needs & set(left)]:
        for name in ready:
            del left[name]
    return set(left)


def check_with_parameters(plan: Plan, values: Mapping[str, Any]) -> None:
    """Check the steps again with the parameters' values in place.

    Raises `UnsupportedDefinition` for what only these values make impossible.
    """
    checked = (
        replace(step, arguments=_fill(step.arguments, values)) for step in plan.steps.values()
    )
    _refuse(
        f"Step {step.name}: {finding}"
        for step in checked
        for finding in _findings_of_arguments(step)
    )


def _fill(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_fill(entry, values) for entry in value]
    if not isinstance(value, Mapping):
        return value
    if set(value) == {GET} and str(value[GET]).startswith("Parameters."):
        return values[reference(value[GET]).name]
    return {name: _fill(entry, values) for name, entry in value.items()}
