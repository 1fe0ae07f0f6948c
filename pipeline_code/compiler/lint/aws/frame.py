"""Rules on the form of everything outside requests, which no model of the API describes."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from botocore.model import ServiceModel

from pipeline_code.compiler.findings import Finding
from pipeline_code.compiler.lint.aws.definition import Definition
from pipeline_code.compiler.lint.aws.shapes import Walk


def _structure(required: str, **members: str) -> dict[str, Any]:
    shapes = {name: {"shape": shape} for name, shape in members.items()}
    return {"type": "structure", "required": required.split(), "members": shapes}


def _list(member: str) -> dict[str, Any]:
    return {"type": "list", "member": {"shape": member}}


# In the format of botocore's models, so that the same code checks requests and their frame.
_SHAPES: dict[str, Any] = {
    "Text": {"type": "string"},
    "Texts": _list("Text"),
    "Number": {"type": "double", "min": 0},
    "Count": {"type": "integer", "min": 1},
    "Flag": {"type": "boolean"},
    "OutputType": {"type": "string", "enum": ["Boolean", "Float", "Integer", "String"]},
    "OutputParameter": _structure(
        "OutputName OutputType", OutputName="Text", OutputType="OutputType"
    ),
    "OutputParameters": _list("OutputParameter"),
    "PropertyFile": _structure(
        "PropertyFileName OutputName FilePath",
        PropertyFileName="Text",
        OutputName="Text",
        FilePath="Text",
    ),
    "PropertyFiles": _list("PropertyFile"),
    "CacheConfig": _structure("Enabled", Enabled="Flag", ExpireAfter="Text"),
    "RetryPolicy": _structure(
        "ExceptionType",
        ExceptionType="Texts",
        BackoffRate="Number",
        IntervalSeconds="Number",
        MaxAttempts="Count",
        ExpireAfterMin="Count",
    ),
    "RetryPolicies": _list("RetryPolicy"),
    "Parameter": _structure("Name Type", Name="Text", Type="Text", EnumValues="Texts"),
    "Step": _structure(
        "Name Type",
        Name="Text",
        Type="Text",
        DisplayName="Text",
        Description="Text",
        CacheConfig="CacheConfig",
        OutputParameters="OutputParameters",
        PropertyFiles="PropertyFiles",
        RetryPolicies="RetryPolicies",
    ),
}


@lru_cache(maxsize=1)
def _model() -> ServiceModel:
    return ServiceModel({"metadata": {}, "shapes": _SHAPES})


def check(definition: Definition) -> Iterator[Finding]:
    """Invalid parameters and steps, and fields of the wrong type."""
    for key in ("Parameters", "Steps"):
        items = definition.body.get(key)
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            allowed, remedy = "a list of objects", "make it one"
            yield Finding(f"{key} are no list of objects", "", key, items, allowed, remedy)
    for path, parameter in definition.parameter_list:
        yield from _known_fields(Walk(definition, "", plain=True), "Parameter", parameter, path)
    for step in definition.steps:
        walk = Walk(definition, step.name, plain=True)
        yield from _known_fields(walk, "Step", step.document, step.path)
        arguments = step.document.get("Arguments", {})
        if not isinstance(arguments, dict):
            path, remedy = f"{step.path}.Arguments", "make it one"
            yield Finding(
                "arguments are no object", step.name, path, arguments, "an object", remedy
            )


def _known_fields(walk: Walk, name: str, value: dict[str, Any], path: str) -> Iterator[Finding]:
    """Steps of some types have their own fields, which are not checked."""
    shape: Any = _model().shape_for(name)
    known = {key: item for key, item in value.items() if key in shape.members}
    yield from walk.value(shape, known, path)
