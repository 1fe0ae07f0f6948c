"""The values of expressions in a trial."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import boto3

from local_cloud.sagemaker.exceptions import ExpressionError
from local_cloud.sagemaker.pipelines.definition_model import Plan
from local_cloud.sagemaker.pipelines.property_files import read_json, uri_of
from local_cloud.sagemaker.pipelines.property_paths import Token, look_up

_EXECUTION = {
    "PipelineExecutionId": "trial",
    "PipelineExecutionArn": "trial",
    "PipelineName": "trial",
    "PipelineArn": "trial",
}


class TrialScope:
    """The parameters, and the properties of the steps that have run."""

    def __init__(self, plan: Plan, parameters: Mapping[str, Any]) -> None:
        self._plan, self._parameters = plan, parameters
        self.properties: dict[str, Mapping[str, Any]] = {}

    def parameter(self, name: str) -> Any:
        """Return the value of a pipeline parameter."""
        return self._parameters[name]

    def execution_variable(self, name: str) -> Any:
        """Return the value of `Execution.<name>`."""
        return _EXECUTION.get(name) or datetime.now(UTC).isoformat(timespec="milliseconds")

    def step_property(self, step: str, path: list[Token]) -> Any:
        """Return a property of a step that has run."""
        if step not in self.properties:
            raise ExpressionError(f"{step} was not run")
        return look_up(self.properties[step], path)

    def property_file_uri(self, step: str, name: str) -> str:
        """Return the S3 URI of a property file of a step that has run."""
        file = self._plan.steps[step].property_files[name]
        return uri_of(file, partial(self.step_property, step))

    def json_document(self, uri: str) -> Any:
        """Return the JSON document at an S3 URI."""
        return read_json(boto3.client("s3"), uri)
