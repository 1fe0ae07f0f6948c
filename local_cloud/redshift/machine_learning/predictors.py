"""Predicts the rows of a query: with a model of the database, or with an endpoint.

A model of the database runs in a process of its own, as in an endpoint: an artifact is untrusted
input. The process starts at the first prediction and ends with the model or the server.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from botocore.exceptions import BotoCoreError, ClientError
from pyarrow import csv as arrow_csv

from local_cloud.context import Cloud
from local_cloud.redshift.machine_learning.jobs import XGBOOST_IMAGE
from local_cloud.redshift.machine_learning.models import Model
from local_cloud.redshift.statement_errors import StatementFailed
from local_cloud.sagemaker.hosting.host_responses import HostingFailed, HostTerminated
from local_cloud.sagemaker.hosting.hosted_model import HostedModel
from local_cloud.sagemaker.hosting.model_host import ModelHost
from local_cloud.sagemaker.role_session import RoleSession

_CSV = "text/csv"
# In local_cloud/sagemaker/containers.
_SERVER = "automl.local_inference:application"
# The errors of the process are beside the logs of the training, which the role may write.
_LOG_GROUP = "/aws/sagemaker/TrainingJobs"
_STARTUP_SECONDS = 60.0
_FIRST_ERROR = 400


class EndpointPredictor:
    """Sends the rows to an endpoint, one request for each batch of DuckDB (2,048 rows).

    The endpoint receives CSV without a header, and NULL as an empty cell. It must return one value
    for each row as CSV.
    """

    def __init__(self, endpoint: str, client: Callable[[], Any]) -> None:
        self._endpoint = endpoint
        self._client = client

    def predict(self, rows: Sequence[Sequence[str | None]]) -> list[str]:
        """Invoke the endpoint."""
        try:
            answer = self._client().invoke_endpoint(
                EndpointName=self._endpoint, ContentType=_CSV, Accept=_CSV, Body=_body(rows)
            )
            text = answer["Body"].read().decode()
        except (ClientError, BotoCoreError, UnicodeDecodeError) as error:
            raise StatementFailed(
                f"ERROR: invoking the endpoint {self._endpoint} failed: {error}"
            ) from error
        return _values(text, len(rows), f"the endpoint {self._endpoint}")

    def close(self) -> None:
        """Do nothing."""


class LocalPredictor:
    """Sends the rows to a process that has loaded the model."""

    def __init__(self, cloud: Cloud, model: Model, artifact: bytes) -> None:
        self._cloud = cloud
        self._model = model
        self._artifact = artifact
        self._starting = threading.Lock()
        self._host: ModelHost | None = None
        self._closed = False
        self._folder = Path(tempfile.mkdtemp(prefix="laptop-"))

    def predict(self, rows: Sequence[Sequence[str | None]]) -> list[str]:
        """Score the rows. For binary:logistic, the value is the class."""
        try:
            answer = self._running().invoke(
                _body(rows), content_type=_CSV, accept=_CSV, attributes=None
            )
        except (HostingFailed, HostTerminated) as error:
            raise StatementFailed(f"ERROR: the model {self._model.name} failed: {error}") from error
        text = answer.body.decode(errors="replace")
        if answer.status >= _FIRST_ERROR:
            raise StatementFailed(f"ERROR: the model {self._model.name} rejects the rows: {text}")
        values = _values(text, len(rows), f"the model {self._model.name}")
        if self._model.objective == "binary:logistic":
            return [str(int(float(value) >= 0.5)) for value in values]
        return values

    def close(self) -> None:
        """End the process. Later predictions fail."""
        with self._starting:
            self._closed = True
            self._end_host()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _running(self) -> ModelHost:
        with self._starting:
            if self._closed:
                raise StatementFailed(f"ERROR: the model {self._model.name} does not exist")
            if self._host is None or not self._host.is_running:
                self._end_host()
                self._host = self._start()
            return self._host

    def _end_host(self) -> None:
        if self._host is not None:
            self._host.close()
            self._host = None

    def _start(self) -> ModelHost:
        model = self._model
        environment = {"SAGEMAKER_SERVING_MODULE": _SERVER}
        hosted = HostedModel(
            model.name, model.role, XGBOOST_IMAGE, model.source, environment, has_network=False
        )
        host = ModelHost(
            RoleSession(self._cloud, model.role),
            hosted,
            archive=self._artifact,
            folder=self._folder / str(time.monotonic_ns()),
            socket=self._folder / "socket",
            log_group=_LOG_GROUP,
            log_stream=f"{model.id}/inference",
            environment={},
        )
        try:
            host.wait_until_healthy(deadline=time.monotonic() + _STARTUP_SECONDS)
        except HostingFailed:
            host.close()
            raise
        return host


def _body(rows: Sequence[Sequence[str | None]]) -> bytes:
    columns = [pa.array(values, pa.string()) for values in zip(*rows, strict=True)]
    if len(columns) == 1:
        # A line without any sign would not be a row.
        columns = [columns[0].fill_null("")]
    table = pa.table(columns, names=[str(number) for number in range(len(columns))])
    body = io.BytesIO()
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="needed")
    arrow_csv.write_csv(table, body, options)
    return body.getvalue()


def _values(text: str, count: int, source: str) -> list[str]:
    """Return the values of a response: one per line, or all in one line."""
    lines = [line for line in csv.reader(io.StringIO(text)) if line]
    if len(lines) == 1 and len(lines[0]) == count:
        return lines[0]
    if len(lines) != count or any(len(line) != 1 for line in lines):
        raise StatementFailed(
            f"ERROR: {source} must return one value for each of {count} rows; it returned "
            f"{text[:200]!r}"
        )
    return [line[0] for line in lines]
