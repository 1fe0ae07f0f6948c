"""Rules on the parameters of a definition, and on the names and types of its steps."""

import json
from collections.abc import Iterator
from typing import Any

from local_cloud.definition_rules.definition import Definition, one_of
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.patterns import matches
from local_cloud.definition_rules.service_model import shape
from local_cloud.definition_rules.step_type import all_step_types

# The default quotas of an account: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html
MOST_STEPS = 50
MOST_PARAMETERS = 200
PARAMETER_TYPES = {"String": str, "Integer": int, "Float": (int, float), "Boolean": bool}


def check(definition: Definition) -> Iterator[Finding]:
    """Yield the errors of the parameters, names and types."""
    yield from _parameters(definition)
    for step in definition.steps:
        yield from _step(step)
    yield from _quotas(definition)
    length, most = len(json.dumps(definition.body)), shape("PipelineDefinition").metadata["max"]
    if length > most:
        allowed, remedy = f"at most {most} characters", "divide the steps into several pipelines"
        yield Finding("definition that is too long", "", "Steps", length, allowed, remedy)
    if not definition.steps:
        yield Finding("no steps", "", "Steps", [], "at least one step", "add a step")


def _quotas(definition: Definition) -> Iterator[Finding]:
    for key, count, most in (
        ("Steps", len(definition.steps), MOST_STEPS),
        ("Parameters", len(definition.parameter_list), MOST_PARAMETERS),
    ):
        if count > most:
            allowed, remedy = f"at most {most} (default quota)", "use several pipelines"
            yield Finding(f"too many {key.lower()}", "", key, count, allowed, remedy)


def _parameters(definition: Definition) -> Iterator[Finding]:
    for path, parameter in definition.parameter_list:
        kind = parameter.get("Type")
        if str(kind) not in PARAMETER_TYPES:
            allowed, remedy = one_of(PARAMETER_TYPES), "name one of these types"
            yield Finding("unknown parameter type", "", f"{path}.Type", kind, allowed, remedy)
            continue
        for place, value in _values(path, parameter):
            if not is_of_type(value, str(kind)):
                rule, remedy = "value of the wrong type for the parameter", "change one of the two"
                yield Finding(rule, "", place, value, f"a value of type {kind}", remedy)
        yield from _default_in_enum(path, parameter)


def _values(path: str, parameter: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if "DefaultValue" in parameter:
        yield f"{path}.DefaultValue", parameter["DefaultValue"]
    for index, value in enumerate(parameter.get("EnumValues", [])):
        yield f"{path}.EnumValues[{index}]", value


def is_of_type(value: Any, parameter_type: str) -> bool:
    """Return whether a JSON value is valid for a parameter type. A Boolean is not an Integer."""
    if isinstance(value, bool):
        return parameter_type == "Boolean"
    return isinstance(value, PARAMETER_TYPES[parameter_type])  # type: ignore[arg-type]


def _default_in_enum(path: str, parameter: dict[str, Any]) -> Iterator[Finding]:
    enum, default = parameter.get("EnumValues"), parameter.get("DefaultValue")
    if enum and default is not None and default not in enum:
        rule, remedy = "default is not among the parameter's values", "change one of the two"
        yield Finding(rule, "", f"{path}.DefaultValue", default, one_of(map(str, enum)), remedy)


def _step(step: Step) -> Iterator[Finding]:
    names = shape("StepName").metadata
    if not (0 < len(step.name) <= names["max"] and matches(names["pattern"], step.name)):
        allowed = f"1 to {names['max']} characters of {names['pattern']}"
        path = f"{step.path}.Name"
        yield Finding("bad step name", step.name, path, step.name, allowed, "rename the step")
    if step.type not in all_step_types():
        path, allowed = f"{step.path}.Type", one_of(all_step_types(), step.type)
        yield Finding(
            "unknown step type", step.name, path, step.type, allowed, "name a type of these"
        )
