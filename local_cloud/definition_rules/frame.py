"""Rules on the frame of a definition, outside of requests. No model of the API describes it."""

from collections.abc import Iterator, Set
from functools import lru_cache
from typing import Any

from botocore.model import ServiceModel

from local_cloud.definition_rules.definition import Definition, one_of
from local_cloud.definition_rules.document import Step, nested_keys
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.shapes import Walk
from local_cloud.definition_rules.step_type import step_type


def _structure(required: str, **members: str) -> dict[str, Any]:
    shapes = {name: {"shape": shape} for name, shape in members.items()}
    return {"type": "structure", "required": required.split(), "members": shapes}


def _list(member: str) -> dict[str, Any]:
    return {"type": "list", "member": {"shape": member}}


# The format is that of botocore's models, so that the same code checks requests and the frame.
_SHAPES: dict[str, Any] = {
    "Text": {"type": "string"},
    # The constraints of StepDisplayName and StepDescription in the API.
    "DisplayName": {"type": "string", "max": 256},
    "Description": {"type": "string", "max": 3072},
    # The constraints of PipelineParameterName in the API.
    "ParameterName": {"type": "string", "min": 1, "max": 256, "pattern": "[A-Za-z0-9\\-_]*"},
    "ParameterDescription": {"type": "string", "max": 4096},
    # At most 16: https://github.com/aws/sagemaker-python-sdk/issues/2314
    "EnumValues": {**_list("Text"), "max": 16},
    "Version": {"type": "string", "enum": ["2020-12-01"]},
    "Definition": _structure("", Version="Version"),
    "Texts": _list("Text"),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-retry-policy.html
    "Rate": {"type": "double", "min": 0},
    "Seconds": {"type": "integer", "min": 0, "max": 43_200},
    "Attempts": {"type": "integer", "min": 0, "max": 20},
    "Minutes": {"type": "integer", "min": 0, "max": 14_400},
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
        BackoffRate="Rate",
        IntervalSeconds="Seconds",
        MaxAttempts="Attempts",
        ExpireAfterMin="Minutes",
    ),
    "RetryPolicies": _list("RetryPolicy"),
    "Parameter": _structure(
        "Name Type",
        Name="ParameterName",
        Type="Text",
        EnumValues="EnumValues",
        Description="ParameterDescription",
    ),
    "Step": _structure(
        "Name Type",
        Name="Text",
        Type="Text",
        DisplayName="DisplayName",
        Description="Description",
        CacheConfig="CacheConfig",
        OutputParameters="OutputParameters",
        PropertyFiles="PropertyFiles",
        RetryPolicies="RetryPolicies",
    ),
}
# Members of a definition that the SDK writes and whose content is not checked.
_OF_DEFINITION = {"Metadata", "Parameters", "PipelineExperimentConfig", "MlflowConfig", "Steps"}


@lru_cache(maxsize=1)
def _model() -> ServiceModel:
    return ServiceModel({"metadata": {}, "shapes": _SHAPES})


def check(definition: Definition) -> Iterator[Finding]:
    """Yield invalid parameters and steps, unknown members, and members of a wrong type."""
    body = definition.body
    yield from _members(Walk(definition, "", plain=True), "Definition", body, "", _OF_DEFINITION)
    for key in ("Parameters", "Steps"):
        yield from _list_of_objects("", key, body.get(key, []))
    for path, parameter in definition.parameter_list:
        walk = Walk(definition, "", plain=True)
        yield from _members(walk, "Parameter", parameter, path, {"DefaultValue"})
    for step in definition.steps:
        yield from _step(definition, step)


def _step(definition: Definition, step: Step) -> Iterator[Finding]:
    walk, kind = Walk(definition, step.name, plain=True), step_type(step)
    others = None if kind.members is None else {"Arguments", "DependsOn", *kind.members}
    yield from _members(walk, "Step", step.document, step.path, others)
    path, arguments = f"{step.path}.Arguments", step.document.get("Arguments", {})
    if not isinstance(arguments, dict):
        remedy = "change the type"
        yield Finding(
            "arguments are not an object", step.name, path, arguments, "an object", remedy
        )
        return
    if kind.arguments is not None:
        yield from _unknown(walk, arguments, kind.arguments, path)
    for key in nested_keys(step.type):
        yield from _list_of_objects(step.name, f"{path}.{key}", arguments.get(key, []))


def _list_of_objects(step: str, path: str, items: Any) -> Iterator[Finding]:
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        rule = f"{path.rpartition('.')[2]} is not a list of objects"
        yield Finding(rule, step, path, items, "a list of objects", "change the type")


def _members(
    walk: Walk, name: str, value: dict[str, Any], path: str, others: Set[str] | None
) -> Iterator[Finding]:
    """Check the members of a shape. `others` are also allowed; None allows any member."""
    shape: Any = _model().shape_for(name)
    known = {key: item for key, item in value.items() if key in shape.members}
    yield from walk.value(shape, known, path)
    if others is not None:
        yield from _unknown(walk, value, {*shape.members, *others}, path)


def _unknown(walk: Walk, value: dict[str, Any], allowed: Set[str], path: str) -> Iterator[Finding]:
    """Yield unknown members. SageMaker rejects them: "Cannot parse object, unknown property".

    Source: https://github.com/aws/sagemaker-python-sdk/issues/2746
    """
    for key in value:
        if key not in allowed:
            place, remedy = f"{path}.{key}".lstrip("."), "use one of these, or remove it"
            yield Finding(
                "unknown field", walk.step, place, value[key], one_of(allowed, key), remedy
            )
