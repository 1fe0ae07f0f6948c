"""The instances that the pipeline definitions and endpoints in the templates need."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.assembly import Assembly

_BRANCHES = ("IfSteps", "ElseSteps", "ForEachBody")
_TYPE, _COUNT = "InstanceType", "InstanceCount"


@dataclass(frozen=True)
class Instances:
    """Instances of one type that are used at the same time, and their user.

    `usage` is the term in Service Quotas: "processing job", "training job", "transform job" or
    "endpoint".
    """

    type: str
    count: int
    usage: str
    user: str


@dataclass(frozen=True)
class Definition:
    """A pipeline's definition; `text` is its JSON."""

    pipeline: str
    text: str

    def instances(self) -> Iterator[Instances]:
        """Yield the instances of each job, with the defaults of the pipeline's parameters."""
        body = json.loads(self.text)
        defaults = {each["Name"]: each.get("DefaultValue") for each in body.get("Parameters", [])}
        for step in _steps(body["Steps"]):
            usage = f"{step['Type'].lower()} job"
            for each in _clusters(step["Arguments"]):
                instance_type, count = (_value(each[name], defaults) for name in (_TYPE, _COUNT))
                user = f"{self.pipeline} {step['Name']}"
                yield Instances(str(instance_type), int(count or 1), usage, user)


def definitions(needs: Assembly) -> Iterator[Definition]:
    """Yield the definitions of all pipelines."""
    for pipeline in needs.resources("AWS::SageMaker::Pipeline"):
        body = pipeline.properties["PipelineDefinition"]["PipelineDefinitionBody"]
        yield Definition(needs.text(pipeline.properties["PipelineName"]), needs.text(body))


@dataclass(frozen=True)
class EndpointInstances:
    """The instances of an endpoint. They are in the settings of its deployer."""

    endpoint: str
    type: str
    initial: int
    most: int


def endpoints(needs: Assembly) -> Iterator[EndpointInstances]:
    """Yield the endpoints that deployers create (lambda/deploy_model)."""
    for function in needs.resources("AWS::Lambda::Function"):
        variables = function.properties.get("Environment", {}).get("Variables", {})
        if "ENDPOINT_NAME" in variables:
            requests = json.loads(needs.text(variables["REQUESTS"]))
            variant = requests["variant"]
            yield EndpointInstances(
                needs.text(variables["ENDPOINT_NAME"]),
                variant["InstanceType"],
                variant["InitialInstanceCount"],
                requests["scaling"]["Max"],
            )


def _steps(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        for branch in _BRANCHES:
            yield from _steps(step.get("Arguments", {}).get(branch, []))


def _clusters(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield each object with an instance type and count, except those of steps in branches."""
    if isinstance(value, dict):
        if _TYPE in value and _COUNT in value:
            yield value
        for key, inner in value.items():
            if key not in _BRANCHES:
                yield from _clusters(inner)
    if isinstance(value, list):
        for inner in value:
            yield from _clusters(inner)


def _value(given: Any, defaults: Mapping[str, Any]) -> Any:
    if isinstance(given, dict):
        return defaults.get(str(given.get("Get", "")).removeprefix("Parameters."))
    return given
