"""Parses the JSON of a definition into a plan, and rejects unsupported definitions.

This module calls no service. Source: the pipeline definition JSON, version 2020-12-01.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from local_cloud.definition_rules.document import without_nulls
from local_cloud.definition_rules.rules import findings_of
from local_cloud.sagemaker.exceptions import ExpressionError, UnsupportedDefinition
from local_cloud.sagemaker.pipelines import (
    definition_checks,
    pipeline_parameters,
    retry_policies,
    step_cache,
)
from local_cloud.sagemaker.pipelines.definition_model import Branch, Plan, PropertyFile, Step
from local_cloud.sagemaker.pipelines.expressions import GET, Reference, reference, references
from local_cloud.sagemaker.pipelines.steps import executors, find_executor

# The limit of PipelineDefinition in the API.
MAX_DEFINITION_CHARACTERS = 1_048_576


def make_plan(body: str) -> Plan:
    """Return the plan of a definition. Raises `UnsupportedDefinition` with all findings."""
    if len(body) > MAX_DEFINITION_CHARACTERS:
        raise UnsupportedDefinition(
            [f"It has {len(body)} characters; at most {MAX_DEFINITION_CHARACTERS} are allowed."]
        )
    try:
        return _plan(body)
    except RecursionError as error:
        raise UnsupportedDefinition(["It is nested too deeply; nest it less."]) from error


def _plan(body: str) -> Plan:
    document = _load(body)
    _refuse(map(str, findings_of(document)))
    document = without_nulls(document)
    raw = list(_flatten(document["Steps"], None))
    _refuse(finding for entry, _ in raw for finding in definition_checks.of_shape(entry))
    steps = [_step(entry, branch) for entry, branch in raw]
    declared = pipeline_parameters.parse(document.get("Parameters", []))
    plan = Plan(declared, {step.name: step for step in steps})
    _refuse(definition_checks.of_plan(plan))
    return plan


def _load(body: str) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except json.JSONDecodeError as error:
        raise UnsupportedDefinition([f"The definition is not JSON: {error}."]) from error
    if not isinstance(document, dict):
        raise UnsupportedDefinition(["The definition is not a JSON object."])
    return document


def _refuse(found_lazily: Iterable[str]) -> None:
    found = list(found_lazily)
    if found:
        raise UnsupportedDefinition(found)


def _flatten(
    entries: list[Mapping[str, Any]], branch: Branch | None
) -> Iterator[tuple[Mapping[str, Any], Branch | None]]:
    """Yield every step with its branch, including the steps inside of conditions."""
    for entry in entries:
        yield entry, branch
        executor = find_executor(entry.get("Type"))
        for argument, outcome in executor.branches.items() if executor else ():
            inner = entry.get("Arguments", {}).get(argument, [])
            yield from _flatten(inner, Branch(entry.get("Name", ""), outcome))


def _step(entry: Mapping[str, Any], branch: Branch | None) -> Step:
    try:
        return _parse_step(entry, branch)
    except ExpressionError as error:
        raise UnsupportedDefinition([f"Step {entry['Name']}: {error}"]) from error


def _parse_step(entry: Mapping[str, Any], branch: Branch | None) -> Step:
    executor = executors()[entry["Type"]]
    arguments = _without(executor.branches, entry.get("Arguments", {}))
    members = {name: entry[name] for name in sorted(executor.members & set(entry))}
    referenced = {found.name for found in _steps_of([arguments, members])}
    before = {branch.condition} if branch else set()
    return Step(
        name=entry["Name"],
        type=entry["Type"],
        arguments=arguments,
        dependencies=frozenset(referenced | before | set(entry.get("DependsOn", []))),
        branch=branch,
        display_name=entry.get("DisplayName"),
        description=entry.get("Description"),
        cache_for=_cache_for(entry.get("CacheConfig") or {}),
        retry_policies=retry_policies.parse(entry.get("RetryPolicies", [])),
        property_files={file.name: file for file in _property_files(entry)},
        members=members,
    )


def _without(branches: Mapping[str, bool], arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the arguments without the nested steps."""
    if not branches:
        return arguments
    return {name: value for name, value in arguments.items() if name not in branches}


def _steps_of(value: Any) -> Iterator[Reference]:
    return (found for found in references(value) if found.kind == "Steps")


def _cache_for(config: Mapping[str, Any]) -> timedelta | None:
    """Return the maximum age of a cached result: 100 years without ExpireAfter."""
    if not config.get("Enabled"):
        return None
    return step_cache.parse_duration(config.get("ExpireAfter", "100y"))


def _property_files(entry: Mapping[str, Any]) -> Iterator[PropertyFile]:
    for file in entry.get("PropertyFiles", []):
        yield PropertyFile(file["PropertyFileName"], file["OutputName"], file["FilePath"])


def check_with_parameters(plan: Plan, values: Mapping[str, Any]) -> None:
    """Check the steps again with the values of the parameters.

    Raises `UnsupportedDefinition` if these values make a step invalid.
    """
    checked = (
        replace(step, arguments=_fill(step.arguments, values)) for step in plan.steps.values()
    )
    _refuse(
        f"Step {step.name}: {finding}"
        for step in checked
        for finding in definition_checks.of_arguments(step)
    )


def _fill(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_fill(entry, values) for entry in value]
    if not isinstance(value, Mapping):
        return value
    if set(value) == {GET} and str(value[GET]).startswith("Parameters."):
        return values[reference(value[GET]).name]
    return {name: _fill(entry, values) for name, entry in value.items()}
