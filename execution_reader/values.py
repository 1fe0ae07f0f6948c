"""The values of expressions for an execution: {"Get": …}, {"Std:Join": …}, {"Std:JsonGet": …}.

Source: the SageMaker pipeline definition JSON, version 2020-12-01.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from execution_reader.execution import Execution
from execution_reader.expressions import Token, Unknown, look_up, tokens
from execution_reader.step_kinds import CHECKS, JOBS, Job

# Returns what is shown instead of a value that cannot be read.
Missing = Callable[[Unknown], Any]


class Values(ABC):
    """The parameters of an execution and the properties of its steps that have succeeded.

    A subclass reads jobs and documents, as its permissions allow. Each method raises `Unknown` if
    the value cannot be read.
    """

    def __init__(self, execution: Execution) -> None:
        self.execution = execution

    @abstractmethod
    def job(self, job: Job, arn: str) -> Mapping[str, Any]:
        """Return the description of a job."""

    @abstractmethod
    def file(self, step: str, output: str, path: str) -> Any:
        """Return the JSON document at a path in an output of a processing step."""

    @abstractmethod
    def document(self, uri: str) -> Any:
        """Return the JSON document at an S3 URI."""

    def of(self, expression: Any) -> Any:
        """Return the value of an expression, or of each entry of a list."""
        if isinstance(expression, list):
            return [self.of(entry) for entry in expression]
        if not isinstance(expression, Mapping):
            return expression
        match expression:
            case {"Get": str(reference)}:
                return self._get(reference)
            case {"Std:Join": {"On": on, "Values": parts}}:
                return str(on).join(map(str, self.of(parts)))
            case {"Std:JsonGet": {"PropertyFile": {"Get": str(reference)}, "Path": path}}:
                return look_up(self._referenced_file(reference), self._path(path))
            case {"Std:JsonGet": {"S3Uri": uri, "Path": path}}:
                return look_up(self.document(str(self.of(uri))), self._path(path))
        raise Unknown(f"{sorted(expression)} cannot be read from the API.")

    def of_or(self, expression: Any, missing: Missing) -> Any:
        """Return the value of an expression, or what `missing` returns if it cannot be read."""
        try:
            return self.of(expression)
        except Unknown as error:
            return missing(error)

    def step_property(self, step: str, path: Sequence[Token]) -> Any:
        """Return a property of a step that has succeeded."""
        if not self.execution.has_succeeded(step):
            raise Unknown(f"The step {step} has not succeeded.")
        return look_up(self._properties(step), path)

    def property_file(self, step: str, name: str) -> Any:
        """Return the document of a property file: the path in an output of the step."""
        defined = self.execution.definition.steps.get(step)
        if defined is None or name not in defined.property_files:
            raise Unknown(f"The definition has no property file {name} of a step {step}.")
        file = defined.property_files[name]
        return self.file(step, file["OutputName"], file["FilePath"])

    def _get(self, reference: str) -> Any:
        match tokens(reference):
            case ["Parameters", str(name)]:
                return self._parameter(name)
            case ["Execution", str(name)]:
                return self._variable(name)
            case ["Steps", str(name), *path]:
                return self.step_property(name, path)
        raise Unknown(f"The reference {reference!r} is malformed.")

    def _referenced_file(self, reference: str) -> Any:
        match tokens(reference):
            case ["Steps", str(step), "PropertyFiles", str(name)]:
                return self.property_file(step, name)
        raise Unknown(f"The reference {reference!r} is malformed.")

    def _path(self, path: Any) -> Sequence[Token]:
        return tokens(str(self.of(path)))

    def _parameter(self, name: str) -> Any:
        if name not in self.execution.parameters:
            raise Unknown(f"The execution has no parameter {name}.")
        return self.execution.definition.typed(name, self.execution.parameters[name])

    def _variable(self, name: str) -> Any:
        known = {
            "PipelineExecutionId": self.execution.id,
            "PipelineExecutionArn": self.execution.arn,
            "PipelineArn": self.execution.arn.rpartition("/execution/")[0],
            "PipelineName": self.execution.pipeline,
        }
        if name not in known:
            raise Unknown(f"Execution.{name} cannot be read from the API.")
        return known[name]

    def _properties(self, step: str) -> Any:
        started = self.execution.started[step]
        for key, found in started.metadata.items():
            if key in ("Lambda", "Callback"):
                return {"OutputParameters": started.outputs}
            if key in CHECKS:
                return found
            if key in JOBS:
                return self.job(JOBS[key], found["Arn"])
        raise Unknown(f"The properties of the step {step} cannot be read from the API.")


def read_json(s3: Any, bucket: str, key: str) -> Any:
    """Return the JSON document of an object. Raises `Unknown` if the object is not JSON."""
    try:
        return json.load(s3.get_object(Bucket=bucket, Key=key)["Body"])
    except (RecursionError, ValueError) as error:  # also for bytes that are not UTF-8
        raise Unknown(f"s3://{bucket}/{key} is not JSON: {error}") from error
