"""Checks parameters of a start: a request of the execution must allow each value.

SageMaker compares the values with the types of the parameters only, and the execution fails minutes
later. The limits are those of botocore's model of the API.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import Shape

from operations import OperationError

# Type of a step -> the operation whose request is its arguments.
_OPERATIONS = {
    "Processing": "CreateProcessingJob",
    "Training": "CreateTrainingJob",
    "Tuning": "CreateHyperParameterTuningJob",
    "Transform": "CreateTransformJob",
    "Model": "CreateModel",
    "RegisterModel": "CreateModelPackage",
}
_MOST_SHOWN = 5


def check_values(sagemaker: Any, pipeline: str, values: Mapping[str, str]) -> None:
    """Raise OperationError for a value that a request of the pipeline does not allow."""
    if not values:
        return
    described = sagemaker.describe_pipeline(PipelineName=pipeline)
    definition = json.loads(described["PipelineDefinition"])
    kinds = {each["Name"]: each["Type"] for each in definition.get("Parameters", [])}
    for name, value in values.items():
        if kinds.get(name) == "Float" and not _is_finite(value):
            raise _refused(name, value, "a finite number")
        for step, field, shape in _uses(sagemaker.meta.service_model, definition, name):
            if allowed := _allowed_instead(shape, value):
                raise _refused(name, value, f"{allowed} ({field} of the step {step})")


def _refused(name: str, value: str, allowed: str) -> OperationError:
    return OperationError(f"{name} is {value!r}: allowed is {allowed}; nothing was started")


def _uses(model: Any, definition: Mapping[str, Any], name: str) -> Iterator[tuple[str, str, Shape]]:
    """Yield step, field and shape of each field that has the value of a parameter."""
    for step in _steps(definition.get("Steps", [])):
        if operation := _OPERATIONS.get(step["Type"]):
            shape = model.operation_model(operation).input_shape
            for field, used in _fields(shape, step.get("Arguments", {}), name, ""):
                yield step["Name"], field, used


def _steps(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the steps, and those in the branches of conditions."""
    for step in steps:
        yield step
        arguments = step.get("Arguments", {})
        for branch in ("IfSteps", "ElseSteps"):
            yield from _steps(arguments.get(branch) or [])


def _fields(shape: Any, value: Any, name: str, field: str) -> Iterator[tuple[str, Shape]]:
    if value == {"Get": f"Parameters.{name}"}:
        yield field, shape
    elif shape.type_name == "structure" and isinstance(value, dict):
        for key, member in shape.members.items():
            if key in value:
                yield from _fields(member, value[key], name, key)
    elif shape.type_name == "list" and isinstance(value, list):
        for each in value:
            yield from _fields(shape.member, each, name, field)


def _allowed_instead(shape: Any, value: str) -> str:
    """Return what a field allows instead of a value, or "" if it allows the value."""
    limits = shape.metadata
    if limits.get("enum") and value not in limits["enum"]:
        like = [each for each in limits["enum"] if value.rpartition(".")[0] in each]
        shown = (like or limits["enum"])[:_MOST_SHOWN]
        return f"one of {len(limits['enum'])} values, such as {', '.join(shown)}"
    if shape.type_name in ("integer", "long") and value.lstrip("-").isdigit():
        least, most = limits.get("min", -math.inf), limits.get("max", math.inf)
        if not least <= int(value) <= most:
            return f"a number of at least {least}" + (
                f", at most {most}" if most < math.inf else ""
            )
    return ""


def _is_finite(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return True  # the service rejects it as no number
