"""The values of expressions in a running execution."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from local_cloud.sagemaker.exceptions import ExpressionError
from local_cloud.sagemaker.pipelines.execution_record import Execution
from local_cloud.sagemaker.pipelines.property_files import read_json, uri_of
from local_cloud.sagemaker.pipelines.property_paths import Token, look_up


class ExecutionScope:
    """The parameters, variables and ended steps of an execution.

    `s3` is a client with the pipeline's role; it reads property files.
    """

    def __init__(self, execution: Execution, s3: Any) -> None:
        self._execution = execution
        self._s3 = s3

    def parameter(self, name: str) -> Any:
        """Return the value of a pipeline parameter."""
        return self._execution.settings.parameters[name]

    def execution_variable(self, name: str) -> Any:
        """Return the value of `Execution.<name>`; times are ISO 8601 in UTC."""
        settings = self._execution.settings
        values = {
            "PipelineExecutionId": settings.execution_id,
            "PipelineExecutionArn": settings.arn,
            "PipelineName": settings.pipeline_name,
            "PipelineArn": settings.pipeline_arn,
            "StartDateTime": _iso(self._execution.created),
            "CurrentDateTime": _iso(datetime.now(UTC)),
        }
        return values[name]

    def step_property(self, step: str, path: list[Token]) -> Any:
        """Return a property of a step that has ended."""
        try:
            return look_up(self._execution.steps[step].properties, path)
        except ExpressionError as error:
            raise ExpressionError(f"The step {step} has no such property: {error}") from error

    def property_file_uri(self, step: str, name: str) -> str:
        """Return the S3 URI of a property file: the URI of the output and the path in it."""
        file = self._execution.plan.steps[step].property_files[name]
        return uri_of(file, partial(self.step_property, step))

    def json_document(self, uri: str) -> Any:
        """Return the JSON document at an S3 URI."""
        return read_json(self._s3, uri)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
