"""The expressions of a definition: {"Get": …}, {"Std:Join": …}, {"Std:JsonGet": …}.

Source: the SageMaker pipeline definition JSON, version 2020-12-01.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local_cloud.sagemaker.exceptions import ExpressionError
from local_cloud.sagemaker.pipelines.property_paths import Token, look_up, tokens

GET = "Get"
JOIN = "Std:Join"
JSON_GET = "Std:JsonGet"
EXECUTION_VARIABLES = frozenset(
    {
        "PipelineExecutionId",
        "PipelineExecutionArn",
        "PipelineName",
        "PipelineArn",
        "StartDateTime",
        "CurrentDateTime",
    }
)


class Scope(Protocol):
    """The values that expressions can refer to while a pipeline runs."""

    def parameter(self, name: str) -> Any:
        """Return the value of a pipeline parameter."""

    def execution_variable(self, name: str) -> Any:
        """Return the value of `Execution.<name>`."""

    def step_property(self, step: str, path: list[Token]) -> Any:
        """Return a property of a step that has ended."""

    def property_file_uri(self, step: str, name: str) -> str:
        """Return the S3 URI of a property file of a step that has ended."""

    def json_document(self, uri: str) -> Any:
        """Return the JSON document at an S3 URI."""


@dataclass(frozen=True)
class Reference:
    """A `Get`: its kind (Parameters, Steps, Execution), the name after it, and the path."""

    kind: str
    name: str
    path: tuple[Token, ...]
    text: str

    @property
    def property_file(self) -> str | None:
        """The name in `Steps.<step>.PropertyFiles.<name>`, or None."""
        is_file = self.kind == "Steps" and len(self.path) == 2 and self.path[0] == "PropertyFiles"
        return str(self.path[1]) if is_file else None


def reference(text: str) -> Reference:
    """Parse the text of a `Get`. Raises `ExpressionError`."""
    parts = tokens(text) if isinstance(text, str) else []
    if len(parts) < 2 or parts[0] not in ("Parameters", "Steps", "Execution"):
        raise ExpressionError(
            f"The reference {text!r} is not one of Parameters.<name>, Steps.<step>.<property> "
            "and Execution.<variable>."
        )
    return Reference(str(parts[0]), str(parts[1]), tuple(parts[2:]), text)


def references(value: Any) -> Iterator[Reference]:
    """Yield all references in a value. Raises `ExpressionError` for a malformed reference."""
    if isinstance(value, list):
        for entry in value:
            yield from references(entry)
    elif isinstance(value, Mapping):
        if set(value) == {GET}:
            yield reference(value[GET])
        else:
            for entry in value.values():
                yield from references(entry)


def evaluate(value: Any, scope: Scope) -> Any:
    """Return the value with all expressions replaced. Raises `ExpressionError`."""
    if isinstance(value, list):
        return [evaluate(entry, scope) for entry in value]
    if not isinstance(value, Mapping):
        return value
    if set(value) == {GET}:
        return _get(reference(value[GET]), scope)
    if set(value) == {JOIN}:
        return _join(value[JOIN], scope)
    if set(value) == {JSON_GET}:
        return _json_get(value[JSON_GET], scope)
    return {name: evaluate(entry, scope) for name, entry in value.items()}


def as_text(value: Any) -> str:
    """Return the text of a value in a Std:Join, as on AWS."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _get(found: Reference, scope: Scope) -> Any:
    if found.kind == "Parameters":
        return scope.parameter(found.name)
    if found.kind == "Execution":
        return scope.execution_variable(found.name)
    return scope.step_property(found.name, list(found.path))


def _join(body: Mapping[str, Any], scope: Scope) -> str:
    values = evaluate(body["Values"], scope)
    return str(body["On"]).join(map(as_text, values))


def _json_get(body: Mapping[str, Any], scope: Scope) -> Any:
    uri = _property_file(body["PropertyFile"], scope) if "PropertyFile" in body else body["S3Uri"]
    uri = evaluate(uri, scope)
    path = tokens(evaluate(body["Path"], scope))
    try:
        return look_up(scope.json_document(uri), path)
    except ExpressionError as error:
        raise ExpressionError(f"{JSON_GET} of {uri}: {error}") from error


def _property_file(value: Any, scope: Scope) -> str:
    source = reference(value[GET])
    if source.property_file is None:
        raise ExpressionError(f"{source.text} is not a property file of a step.")
    return scope.property_file_uri(source.name, source.property_file)
