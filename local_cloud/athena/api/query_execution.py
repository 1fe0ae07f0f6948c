"""A query execution: its request, its state, and its run in a thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from local_cloud.athena.api.result_configuration import put_parameters
from local_cloud.athena.caller_clients import Clients
from local_cloud.athena.errors import QueryFailed
from local_cloud.athena.s3 import result_file
from local_cloud.athena.s3.lake_objects import LakeObjects
from local_cloud.athena.sql.catalog import LakeCatalog
from local_cloud.athena.sql.query_context import QueryContext
from local_cloud.athena.sql.query_engine import QueryEngine, QueryResult
from local_cloud.athena.sql.result_texts import column_info, text_of
from local_cloud.athena.sql.statements import (
    CREATE_TABLE_AS,
    INSERT,
    UNLOAD,
    Outcome,
    Statement,
    read_statement,
    run_statement,
)

logger = logging.getLogger(__name__)
ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


@dataclass(frozen=True)
class QueryRequest:
    """A request that was accepted. `result` is the effective ResultConfiguration.

    `enforced`: the settings of the workgroup replace those of the request.
    """

    sql: str
    parameters: Sequence[str]
    database: str
    workgroup: str
    result: Mapping[str, Any]
    enforced: bool
    limit: int | None
    clients: Clients = field(repr=False)


@dataclass
class QueryExecution:
    """A query execution. Its states are QUEUED, RUNNING and those in ENDED."""

    request: QueryRequest
    id: str = field(default_factory=lambda: str(uuid4()))
    state: str = "QUEUED"
    reason: str | None = None
    statement: Statement | None = None
    columns: Sequence[Mapping[str, Any]] = ()
    scanned_bytes: int = 0
    written_rows: int = 0
    manifest: str | None = None
    submitted: datetime = field(default_factory=lambda: datetime.now(UTC))
    completed: datetime | None = None

    def __post_init__(self) -> None:
        self._engine = QueryEngine()
        self._change = threading.Lock()

    @property
    def output_location(self) -> str:
        """The URI of the result: CSV of a query, text of a definition, start of new files.

        Files of CREATE TABLE AS are in the folder `tables`
        (https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html).
        """
        if self.statement and self.statement.substatement == CREATE_TABLE_AS:
            return f"{self._tables}/{self.id}"
        ending = "txt" if self.statement and self.statement.type == "DDL" else "csv"
        return f"{self._results}/{self.id}.{ending}"

    @property
    def _results(self) -> str:
        place: str = self.request.result["OutputLocation"]
        return place.rstrip("/")

    @property
    def _tables(self) -> str:
        return f"{self._results}/tables"

    def run(self) -> None:
        """Run the statement and write its result."""
        if not self._begin():
            return
        state: str = "SUCCEEDED"
        reason: str | None = None
        try:
            self._run()
        except QueryFailed as error:
            state, reason = "FAILED", str(error)
        except Exception as error:  # boundary of a thread: no caller waits for the result
            logger.exception("query %s failed", self.id)
            state, reason = "FAILED", f"GENERIC_INTERNAL_ERROR: {type(error).__name__}: {error}"
        self._end(state, reason)

    def cancel(self) -> None:
        """Cancel the query unless it has ended."""
        self._end("CANCELLED", "Query cancelled by user")
        self._engine.cancel()

    def _begin(self) -> bool:
        with self._change:
            if self.state == "QUEUED":
                self.state = "RUNNING"
            return self.state == "RUNNING"

    def _run(self) -> None:
        request = self.request
        objects = LakeObjects(request.clients("s3"), put_parameters(request.result), request.limit)
        try:
            self.statement = read_statement(request.sql, request.parameters)
            objects.check_bucket(request.result["OutputLocation"])
            outcome = run_statement(
                self.statement,
                QueryContext(
                    database=request.database,
                    catalog=LakeCatalog(request.clients("glue"), objects),
                    engine=self._engine,
                    query_id=self.id,
                    results=self._tables,
                    enforced=request.enforced,
                ),
            )
            self.written_rows = outcome.written_rows
            self._write(outcome, objects)
        finally:
            self.scanned_bytes = objects.scanned_bytes

    def _end(self, state: str, reason: str | None) -> None:
        with self._change:
            if self.state not in ENDED:
                self.state, self.reason, self.completed = state, reason, datetime.now(UTC)

    def _write(self, outcome: Outcome, objects: LakeObjects) -> None:
        if outcome.result is not None:
            self._write_rows(outcome.result, objects)
        elif self.statement and self.statement.substatement in (UNLOAD, INSERT, CREATE_TABLE_AS):
            self.manifest = f"{self.output_location.removesuffix('.csv')}-manifest.csv"
            objects.write(self.manifest, "".join(f"{uri}\n" for uri in outcome.files).encode())
        else:
            objects.write(self.output_location, b"")

    def _write_rows(self, result: QueryResult, objects: LakeObjects) -> None:
        pairs = zip(result.names, result.types, strict=True)
        self.columns = [column_info(name, kind) for name, kind in pairs]
        rows = [[text_of(value) for value in row] for row in result.values()]
        objects.write(self.output_location, result_file.written([result.names, *rows]))
        # On AWS a binary file for Athena's own use, in a format that AWS does not document.
        objects.write(f"{self.output_location}.metadata", repr(list(self.columns)).encode())
