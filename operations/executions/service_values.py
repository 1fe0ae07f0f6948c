"""The values of an execution's expressions, read with the permissions of the client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from execution_reader.execution import Execution
from execution_reader.expressions import Unknown
from execution_reader.step_kinds import Job
from execution_reader.values import Values, read_json
from operations.environment_clients import Clients


class ServiceValues(Values):
    """Describes the jobs of the steps, and reads the documents to which these refer."""

    def __init__(self, clients: Clients, execution: Execution) -> None:
        super().__init__(execution)
        self._clients = clients
        self._documents: dict[str, Any] = {}

    def job(self, job: Job, arn: str) -> Mapping[str, Any]:
        """Return the description of a job."""
        return job.describe(self._clients("sagemaker"), arn)

    def file(self, step: str, output: str, path: str) -> Any:
        """Return the JSON document at a path in an output of a processing step."""
        place = ["ProcessingOutputConfig", "Outputs", output, "S3Output", "S3Uri"]
        return self.document(f"{str(self.step_property(step, place)).rstrip('/')}/{path}")

    def document(self, uri: str) -> Any:
        """Return the JSON document at an S3 URI."""
        if uri not in self._documents:
            self._documents[uri] = self._read(uri)
        return self._documents[uri]

    def _read(self, uri: str) -> Any:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        try:
            return read_json(self._clients("s3"), bucket, key)
        except ClientError as error:
            raise Unknown(f"{uri} cannot be read: {error}") from error
