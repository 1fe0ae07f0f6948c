"""The values of the expressions in a definition, for one execution of it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from execution_reader.execution import Execution
from execution_reader.expressions import Token, Unknown, look_up
from execution_reader.step_kinds import CHECKS, JOBS, Job


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

    def parameter(self, name: str) -> Any:
        """Return the typed value of a parameter."""
        if name not in self.execution.parameters:
            raise Unknown(f"The execution has no parameter {name}.")
        return self.execution.definition.typed(name, self.execution.parameters[name])

    def execution_variable(self, name: str) -> Any:
        """Return a variable that can be derived from the execution's ARN."""
        known = {
            "PipelineExecutionId": self.execution.id,
            "PipelineExecutionArn": self.execution.arn,
            "PipelineArn": self.execution.arn.rpartition("/execution/")[0],
            "PipelineName": self.execution.pipeline,
        }
        if name not in known:
            raise Unknown(f"Execution.{name} cannot be read from the API.")
        return known[name]

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
