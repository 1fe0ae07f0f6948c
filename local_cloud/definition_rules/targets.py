"""Parses the target of a `Get`: a parameter, a property, an execution variable or an item."""

import re
from dataclasses import dataclass

# The names of the SDK's ExecutionVariables.
EXECUTION_VARIABLES = frozenset(
    [
        "StartDateTime",
        "CurrentDateTime",
        "PipelineName",
        "PipelineArn",
        "PipelineExecutionId",
        "PipelineExecutionArn",
        "TrainingJobName",
        "ProcessingJobName",
    ]
)
EXECUTION_ID = "Execution.PipelineExecutionId"
FORMS = (
    "Parameters.NAME, Steps.STEP.PROPERTY, Execution.VARIABLE, ForEach.CurrentItem or "
    "IterationOutput.STEP.PROPERTY"
)

_NAME = r"[A-Za-z0-9_\-]+"
_TOKEN = re.compile(rf"\.({_NAME})|\['([^']*)'\]|\[(\d+)\]")
_ROOTS = ("Parameters", "Steps", "Execution", "ForEach", "IterationOutput")


@dataclass(frozen=True)
class Target:
    """A target. For example: `root` "Steps", `name` "Train", `path` ("ModelArtifacts", …)."""

    root: str
    name: str
    path: tuple[str | int, ...]


def parse_target(text: str) -> Target | None:
    """Parse a target. Return None if its syntax is invalid."""
    match = re.match(rf"({'|'.join(_ROOTS)})\.({_NAME})", text)
    if match is None:
        return None
    path: list[str | int] = []
    position = match.end()
    while token := _TOKEN.match(text, position):
        member, key, index = token.groups()
        path.append(int(index) if index is not None else member if key is None else key)
        position = token.end()
    complete = position == len(text)
    plain = match[1] in ("Parameters", "Execution") and path
    return Target(match[1], match[2], tuple(path)) if complete and not plain else None
