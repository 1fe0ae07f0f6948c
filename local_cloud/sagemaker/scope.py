"""What the expressions of a running execution refer to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.sagemaker.errors import ExpressionError
from local_cloud.sagemaker.execution import Execution
from local_cloud.sagemaker.jobs.s3 import split_uri
from local_cloud.sagemaker.paths import Token, look_up


class ExecutionScope:
    """The parameters, variables and ended steps of an execution.

    Property files are read with `s3`, a client that has the pipeline's role.
    """

    def __init__(self, execution: Execution, s3: Any) -> None:
        self._execution = execution
        self._s3 = s3

    def parameter(self, name: str) -> Any:
        """The value of a pipeline parameter."""
        return self._execution.order.parameters[name]

    def execution_variable(self, name: str) -> Any:
        """The value of `Execution.<name>`; times are ISO 8601 in UTC."""
        order = self._execution.order
        values = {
            "PipelineExecutionId": order.execution_id,
            "PipelineExecutionArn": order.arn,
            "PipelineName": order.pipeline_name,
            "PipelineArn": order.pipeline_arn,
            "StartDateTime": _iso(self._execution.created),
            "CurrentDateTime": _iso(datetime.now(UTC)),
        }
        return values[name]

    def step_property(self, step: str, path: list[Token]) -> Any:
        """A property of a step that has ended."""
        try:
            return look_up(self._execution.steps[step].properties, path)
        except ExpressionError as error:
            raise ExpressionError(f"The step {step} has no such property: {error}") from error

    def property_file_uri(self, step: str, name: str) -> str:
        """The output's URI and the file's path in it."""
        file = self._execution.plan.steps[step].property_files[name]
        path: list[Token] = ["ProcessingOutputConfig", "Outputs", file.output_name]
        output = self.step_property(step, [*path, "S3Output", "S3Uri"])
        return f"{output.rstrip('/')}/{file.file_path}"

    def json_document(self, uri: str) -> Any:
        """The JSON document at an S3 URI."""
        bucket, key = split_uri(uri)
        try:
            return json.load(self._s3.get_object(Bucket=bucket, Key=key)["Body"])
        except ClientError as error:
            raise ExpressionError(f"{uri} cannot be read: {error}") from error
        except ValueError as error:
            raise ExpressionError(f"{uri} is not JSON: {error}") from error


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
