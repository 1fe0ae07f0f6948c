"""The values of expressions, read from the service's API."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from local_cloud.sagemaker.exceptions import ExpressionError
from local_cloud.sagemaker.pipelines.definition_model import Plan
from local_cloud.sagemaker.pipelines.pipeline_parameters import typed
from local_cloud.sagemaker.pipelines.property_files import read_json, uri_of
from local_cloud.sagemaker.pipelines.property_paths import Token, look_up
from local_cloud.sagemaker.pipelines.steps import executors


class ApiScope:
    """The parameters and ended steps of an execution, for commands that display them."""

    def __init__(
        self, client: Any, s3: Any, execution_arn: str, plan: Plan, steps: list[dict[str, Any]]
    ) -> None:
        self._client = client
        self._s3 = s3
        self._arn = execution_arn
        self._plan = plan
        self._steps = {step["StepName"]: step for step in steps}
        pages = client.get_paginator("list_pipeline_parameters_for_execution").paginate(
            PipelineExecutionArn=execution_arn
        )
        entries = [entry for page in pages for entry in page["PipelineParameters"]]
        self.parameters: dict[str, str] = {entry["Name"]: entry["Value"] for entry in entries}

    def has_succeeded(self, step: str) -> bool:
        """Return whether the step has succeeded, so that its properties can be read."""
        return step in self._steps and self._steps[step]["StepStatus"] == "Succeeded"

    def parameter(self, name: str) -> Any:
        """Return the typed value of a parameter."""
        declared = {parameter.name: parameter for parameter in self._plan.parameters}
        return typed(declared[name], self.parameters[name])

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
            raise ExpressionError(f"Execution.{name} cannot be read from the API.")
        return known[name]

    def step_property(self, step: str, path: list[Token]) -> Any:
        """Return a property of a step that has ended."""
        if not self.has_succeeded(step):
            raise ExpressionError(f"The step {step} has not succeeded.")
        return look_up(self._describe(step), path)

    def property_file_uri(self, step: str, name: str) -> str:
        """Return the S3 URI of a property file: the URI of the output and the path in it."""
        file = self._plan.steps[step].property_files[name]
        return uri_of(file, partial(self.step_property, step))

    def json_document(self, uri: str) -> Any:
        """Return the JSON document at an S3 URI."""
        return read_json(self._s3, uri)

    def job(self, step: str) -> Mapping[str, Any]:
        """Return the description of the step's job; empty without a job."""
        executor = executors()[self._plan.steps[step].type]
        if executor.logs is None or executor.metadata_key not in self._metadata(step):
            return {}
        return self._describe(step) if executor.describe else {}

    def _describe(self, step: str) -> Any:
        executor = executors()[self._plan.steps[step].type]
        metadata = self._metadata(step).get(executor.metadata_key, {})
        if "OutputParameters" in metadata:  # Lambda and Callback steps have outputs.
            outputs = {each["Name"]: each["Value"] for each in metadata["OutputParameters"]}
            return {"OutputParameters": outputs}
        if executor.describe is None:
            return metadata
        return executor.describe(self._client, metadata["Arn"])

    def _metadata(self, step: str) -> Mapping[str, Any]:
        """Return the step's metadata; empty before the step has created anything."""
        metadata: Mapping[str, Any] = self._steps[step].get("Metadata", {})
        return metadata
