"""The values of an execution's expressions, read from the services."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from operations.environment_clients import EnvironmentClients
from operations.executions.definition import Definition
from operations.executions.expressions import Token, Unknown, look_up
from operations.executions.step_kinds import CHECKS, JOBS


class ApiScope:
    """The parameters and ended steps of an execution, for commands that display them."""

    def __init__(
        self,
        aws: EnvironmentClients,
        execution_arn: str,
        definition: Definition,
        steps: Sequence[Mapping[str, Any]],
    ) -> None:
        self._aws = aws
        self._arn = execution_arn
        self._definition = definition
        self._steps = {step["StepName"]: step for step in steps}
        self._documents: dict[str, Any] = {}
        entries = aws.pages(
            "sagemaker",
            "list_pipeline_parameters_for_execution",
            "PipelineParameters",
            PipelineExecutionArn=execution_arn,
        )
        self.parameters: dict[str, str] = {entry["Name"]: entry["Value"] for entry in entries}

    def has_succeeded(self, step: str) -> bool:
        """Return whether the step has succeeded, so that its properties can be read."""
        return step in self._steps and self._steps[step]["StepStatus"] == "Succeeded"

    def parameter(self, name: str) -> Any:
        """Return the typed value of a parameter."""
        return self._definition.typed(name, self.parameters[name])

    def execution_variable(self, name: str) -> Any:
        """Return a variable that can be derived from the execution's ARN."""
        pipeline_arn, _, execution_id = self._arn.rpartition("/execution/")
        known = {
            "PipelineExecutionId": execution_id,
            "PipelineExecutionArn": self._arn,
            "PipelineArn": pipeline_arn,
            "PipelineName": pipeline_arn.rpartition("/")[2],
        }
        if name not in known:
            raise Unknown(f"Execution.{name} cannot be read from the API.")
        return known[name]

    def step_property(self, step: str, path: Sequence[Token]) -> Any:
        """Return a property of a step that has ended."""
        if not self.has_succeeded(step):
            raise Unknown(f"The step {step} has not succeeded.")
        return look_up(self._describe(step), path)

    def property_file(self, step: str, name: str) -> Any:
        """Return the document of a property file: the path in an output of the step."""
        file = self._definition.steps[step].property_files[name]
        path = ["ProcessingOutputConfig", "Outputs", file["OutputName"], "S3Output", "S3Uri"]
        output = str(self.step_property(step, path)).rstrip("/")
        return self.document(f"{output}/{file['FilePath']}")

    def document(self, uri: str) -> Any:
        """Return the JSON document at an S3 URI."""
        if uri not in self._documents:
            self._documents[uri] = self._read(uri)
        return self._documents[uri]

    def _read(self, uri: str) -> Any:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        try:
            return json.load(self._aws.clients("s3").get_object(Bucket=bucket, Key=key)["Body"])
        except ClientError as error:
            raise Unknown(f"{uri} cannot be read: {error}") from error
        except (RecursionError, ValueError) as error:
            raise Unknown(f"{uri} is not JSON: {error}") from error

    def _describe(self, step: str) -> Any:
        metadata: Mapping[str, Any] = self._steps[step].get("Metadata", {})
        for key, found in metadata.items():
            if "OutputParameters" in found:  # Lambda and Callback steps have outputs.
                outputs = {each["Name"]: each["Value"] for each in found["OutputParameters"]}
                return {"OutputParameters": outputs}
            if key in CHECKS:
                return found
            if key in JOBS:
                return JOBS[key].describe(self._aws.clients("sagemaker"), found["Arn"])
        raise Unknown(f"The properties of the step {step} cannot be read from the API.")
