"""The training of a model: exports the rows, starts a SageMaker job, and stores its artifact.

All calls have the credentials of the statement's role. The job is named redshiftml-…, as the
managed policy AmazonRedshiftAllCommandsFullAccess expects (`training-job/*redshift*`).
"""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pyarrow as pa
from botocore.exceptions import BotoCoreError, ClientError
from pyarrow import csv as arrow_csv

from local_cloud.redshift.machine_learning import models
from local_cloud.redshift.machine_learning.cells import cell
from local_cloud.redshift.machine_learning.create_statement import CreateStatement
from local_cloud.redshift.machine_learning.jobs import JOBS
from local_cloud.redshift.machine_learning.models import Model
from local_cloud.redshift.machine_learning.statement_checks import check_columns, check_rows
from local_cloud.redshift.result_set import ResultColumn
from local_cloud.redshift.s3.s3_access import objects, s3_errors
from local_cloud.redshift.session import Session
from local_cloud.redshift.sql.identifiers import quoted_name
from local_cloud.redshift.sql.parsing import parse
from local_cloud.redshift.sql.queries import shape
from local_cloud.redshift.statement_errors import StatementFailed
from local_cloud.redshift.warehouse import Warehouse

_POLL_SECONDS = 0.5
# The seed of the sample of training data with more cells than MAX_CELLS.
_SEED = 1

logger = logging.getLogger(__name__)


def start_training(session: Session, model: Model, found: CreateStatement) -> Model:
    """Export the training data and start the job. Return the model in the state TRAINING.

    Raises StatementFailed if the data cannot be trained on, or if S3 or SageMaker rejects a call.
    """
    query = shape(session, parse(found.query), {}, padded=False)
    check_columns(found, query.columns)
    features = [column for column in query.columns if column.name != found.target]
    target = next(column for column in query.columns if column.name == found.target)
    kind = models.AUTO if found.auto else models.XGBOOST
    rows = _rows(session, query.sql, [target, *features], kind, found.max_cells)
    model = replace(
        model,
        state=models.TRAINING,
        kind=kind,
        job=model.id,
        argument_names=tuple(column.name for column in features),
        arguments=tuple(column.type.declaration for column in features),
        returns=target.type.declaration,
    )

    def client(service: str) -> Any:
        return session.s3_access.client(model.role, session.user, service)

    with s3_errors(model.bucket):
        client("s3").put_object(
            Bucket=model.bucket,
            Key=f"{model.prefix}input/train.csv",
            Body=_csv(rows, header=kind == models.AUTO),
            **_encryption(model),
        )
    with sagemaker_errors():
        JOBS[kind].start(client("sagemaker"), model)
    thread = threading.Thread(
        target=Watch(session.warehouse, session.database, model, client).run,
        name=model.id,
        daemon=True,
    )
    thread.start()
    return model


def _rows(
    session: Session, sql: str, columns: list[ResultColumn], kind: str, max_cells: int
) -> Any:
    """Return the rows as texts, the target first. Rows without a target are left out."""
    target = quoted_name(columns[0].name)
    source = f"FROM ({sql}) AS given WHERE {target} IS NOT NULL"
    count = session.value(f"SELECT count(*) {source}")
    check_rows(count)
    values = ", ".join(
        f"{cell(quoted_name(column.name), column.type, kind)} AS {quoted_name(column.name)}"
        for column in columns
    )
    most = max_cells // len(columns)
    sample = f" USING SAMPLE reservoir({most} ROWS) REPEATABLE ({_SEED})"
    inner = f"SELECT * {source}{sample if count > most else ''}"
    return session.rows(f"SELECT {values} FROM ({inner}) AS sampled")


def _csv(rows: Any, *, header: bool) -> bytes:
    body = io.BytesIO()
    options = arrow_csv.WriteOptions(include_header=header, quoting_style="needed")
    strings = rows.cast(pa.schema([(name, pa.string()) for name in rows.column_names]))
    arrow_csv.write_csv(strings, body, options)
    return body.getvalue()


def _encryption(model: Model) -> dict[str, str]:
    if not model.kms_key:
        return {}
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": model.kms_key}


@contextmanager
def sagemaker_errors() -> Iterator[None]:
    """Raise the errors of SageMaker as StatementFailed."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise StatementFailed(f"ERROR: SageMaker: {error}") from error


class Watch:
    """Follows the job of a model in a thread, and writes its outcome to the database."""

    def __init__(
        self, warehouse: Warehouse, database: str, model: Model, client: Callable[[str], Any]
    ) -> None:
        self._warehouse = warehouse
        self._database = database
        self._model = model
        self._client = client

    def run(self) -> None:
        """Wait for the job and store its result."""
        try:
            self._finish()
        except Exception:
            # Boundary of a thread. A closed database is the end of the server.
            if not self._warehouse.closing.is_set():
                logger.exception("the training of %s", self._model.name)

    def _finish(self) -> None:
        try:
            changed, artifact = self._result()
        except (StatementFailed, ClientError, BotoCoreError) as error:
            changed, artifact = self._failed(str(error)), None
        except Exception as error:  # boundary of a thread: the model must not remain in training
            logger.exception("the training of %s", self._model.name)
            changed, artifact = self._failed(f"{type(error).__name__}: {error}"), None
        self._collect_garbage()
        cursor = self._warehouse.cursor(self._database)
        with self._warehouse.writing:
            models.update(cursor, changed, artifact)

    def _result(self) -> tuple[Model, bytes | None]:
        job, sagemaker = JOBS[self._model.kind], self._client("sagemaker")
        while True:
            described = job.describe(sagemaker, self._model)
            status = job.status(described)
            if status not in ("InProgress", "Stopping"):
                break
            self._warehouse.closing.wait(_POLL_SECONDS)
            if self._warehouse.closing.is_set():
                raise StatementFailed("the laptop cloud was stopped during the training")
        if status != "Completed":
            return self._failed(described.get("FailureReason") or f"the job is {status}"), None
        ready = job.result(described, replace(self._model, state=models.READY))
        bucket, key = job.artifact(described)
        body: bytes = self._client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return ready, body

    def _failed(self, reason: str) -> Model:
        return replace(self._model, state=models.FAILED, reason=reason)

    def _collect_garbage(self) -> None:
        """Delete the training data and the artifacts in S3, unless S3_GARBAGE_COLLECT is OFF."""
        if self._model.collect_garbage:
            try:
                delete_objects(self._client("s3"), self._model)
            except (StatementFailed, ClientError, BotoCoreError) as error:
                logger.warning("objects of the model %s remain: %s", self._model.name, error)


def delete_objects(s3: Any, model: Model) -> None:
    """Delete all objects of a model in its bucket."""
    for key in objects(s3, model.bucket, model.prefix):
        with s3_errors(model.bucket):
            s3.delete_object(Bucket=model.bucket, Key=key)


def stop_training(client: Any, model: Model) -> None:
    """Cancel the job of a model that is dropped while it is trained."""
    job = JOBS[model.kind]
    with sagemaker_errors():
        if job.status(job.describe(client, model)) == "InProgress":
            job.stop(client, model)
