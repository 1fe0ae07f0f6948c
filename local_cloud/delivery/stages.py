"""Reads the stages of the pipeline in a template, with the build specifications of its projects.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-codepipeline-pipeline.html
https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cloud.build_commands import InvalidSpecification, read_specification
from local_cloud.errors import LocalCloudError

_PIPELINE, _PROJECT = "AWS::CodePipeline::Pipeline", "AWS::CodeBuild::Project"
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/\S+")


class DeliveryFailed(LocalCloudError):
    """A delivery cannot start or continue, or one of its stages failed."""


@dataclass(frozen=True)
class DeliveryStage:
    """An action of a stage: a question (`approval`), or commands with environment variables.

    `account` is that of the role which the commands assume; None if they assume none.
    """

    name: str
    approval: str = ""
    commands: tuple[str, ...] = ()
    variables: Mapping[str, str] | None = None
    account: str | None = None


def read_stages(assembly: Path) -> list[DeliveryStage]:
    """Return the stages after the source, of the only pipeline in the templates of an assembly.

    Raises:
        DeliveryFailed: there is no such pipeline, or a stage cannot be run on this machine.
    """
    found = [
        (resources, each["Properties"])
        for path in sorted(assembly.glob("*.template.json"))
        for resources in [json.loads(path.read_text(encoding="utf-8"))["Resources"]]
        for each in resources.values()
        if each["Type"] == _PIPELINE
    ]
    if len(found) != 1:
        raise DeliveryFailed(
            f"{assembly} has {len(found)} resources {_PIPELINE}: a delivery needs exactly one"
        )
    resources, pipeline = found[0]
    stages = [stage for each in pipeline["Stages"] for stage in _stages(each, resources)]
    names = [stage.name for stage in stages]
    for name in names:
        if names.count(name) > 1:
            raise DeliveryFailed(
                f"{assembly} has {names.count(name)} actions {name}: this machine runs pipelines "
                "whose actions have different names"
            )
    return stages


def _stages(stage: Mapping[str, Any], resources: Mapping[str, Any]) -> Iterator[DeliveryStage]:
    """Yield the actions of a stage in the order in which they run."""
    for action in sorted(stage["Actions"], key=lambda action: int(action.get("RunOrder", 1))):
        category = action["ActionTypeId"]["Category"]
        if category == "Approval":
            yield DeliveryStage(action["Name"], approval=_question(action))
        elif category == "Build":
            yield _build(action["Name"], action, resources)
        elif category != "Source":
            raise DeliveryFailed(
                f"the action {action['Name']} of the stage {stage['Name']} has the category "
                f"{category}: this machine runs the categories Source, Build and Approval"
            )


def _question(action: Mapping[str, Any]) -> str:
    return str(action.get("Configuration", {}).get("CustomData", "Continue?"))


def _build(name: str, action: Mapping[str, Any], resources: Mapping[str, Any]) -> DeliveryStage:
    reference = action["Configuration"]["ProjectName"]
    logical_id = reference.get("Ref", "") if isinstance(reference, dict) else str(reference)
    project = resources.get(logical_id, {})
    text = project.get("Properties", {}).get("Source", {}).get("BuildSpec")
    if not isinstance(text, str):
        raise DeliveryFailed(
            f"the project {reference} of the stage {name} has no {_PROJECT} with a literal "
            "BuildSpec in the template"
        )
    try:
        specification = read_specification(text)
    except InvalidSpecification as error:
        raise DeliveryFailed(f"the BuildSpec of the stage {name} {error}") from error
    variables = specification.variables
    roles = [found[1] for each in variables.values() if (found := _ROLE.fullmatch(str(each)))]
    return DeliveryStage(
        name,
        commands=specification.commands,
        variables=variables,
        account=roles[0] if roles else None,
    )
