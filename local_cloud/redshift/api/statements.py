"""A statement of the Data API, from SUBMITTED to FINISHED, FAILED or ABORTED."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local_cloud.redshift import engine
from local_cloud.redshift.api.abort_fault import trigger
from local_cloud.redshift.api.statement_parts import ACTIVE, TERMINAL, Part
from local_cloud.redshift.api.warehouse_endpoint import WarehouseEndpoint
from local_cloud.redshift.session import Session
from local_cloud.redshift.statement_errors import StatementFailed

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StatementRequest:
    """The parameters of ExecuteStatement or BatchExecuteStatement."""

    sqls: tuple[str, ...]
    batch: bool
    caller: str
    database: str
    user: str
    endpoint: WarehouseEndpoint
    parameters: Mapping[str, str]
    secret_arn: str | None = None
    name: str | None = None
    with_event: bool = False
    result_format: str = "JSON"
    auto_commit: bool = False


class Statement:
    """A statement with its parts. `done` is set when the statement has ended."""

    def __init__(self, request: StatementRequest, pid: int) -> None:
        self.request = request
        self.pid = pid
        self.done = threading.Event()
        identifier = str(uuid.uuid4())
        self.whole = Part(identifier, request.sqls[0] if not request.batch else "")
        self.parts = (
            [Part(f"{identifier}:{n}", sql) for n, sql in enumerate(request.sqls, start=1)]
            if request.batch
            else [self.whole]
        )
        self._session: Session | None = None
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        """The UUID of the statement. The ids of a batch's parts end with `:1`, `:2`, …"""
        return self.whole.id

    def run(self, connect: Callable[[], Session]) -> None:
        """Run the statement. An error does not raise: it is stored in the statement."""
        self.whole.enter("PICKED")
        started = datetime.now(UTC)
        try:
            session = connect()
        except StatementFailed as error:
            self._fail(error.message)
        else:
            self._run_in(session)
        self.whole.nanoseconds = int((datetime.now(UTC) - started).total_seconds() * 1e9)
        self.done.set()

    def _run_in(self, session: Session) -> None:
        with self._lock:
            self._session = session
            self.whole.enter("STARTED")
        try:
            if self.whole.status == "STARTED":
                self._run_parts(session)
        except StatementFailed as error:
            self._fail(error.message)
        except Exception:
            # Boundary of a thread: an unexpected error must also end the statement.
            _log.exception("statement %s", self.id)
            self._fail("ERROR: internal error of the laptop cloud's warehouse; see its log")
        finally:
            with self._lock:
                self._session = None
            session.close()

    def _run_parts(self, session: Session) -> None:
        if self.request.auto_commit:
            for part in self.parts:
                self._run_autocommit(session, part)
        else:
            with session.transaction(writes=any(engine.writes(p.sql) for p in self.parts)):
                for part in self.parts:
                    self._run_part(session, part)
        failed = next((part for part in self.parts if part.status == "FAILED"), None)
        if failed is not None:
            raise StatementFailed(str(failed.error))
        self.whole.enter("FINISHED")

    def _run_autocommit(self, session: Session, part: Part) -> None:
        """Run one statement of an AUTO_COMMIT batch. Its failure does not stop the others."""
        try:
            with session.transaction(writes=engine.writes(part.sql)):
                self._run_part(session, part)
        except StatementFailed as error:
            part.enter("FAILED", error.message)

    def _run_part(self, session: Session, part: Part) -> None:
        if part is not self.whole:
            part.enter("STARTED")
        started = datetime.now(UTC)
        try:
            outcome = engine.run(session, part.sql, self.request.parameters)
            endpoint, caller = self.request.endpoint.arn, self.request.caller
            trigger(endpoint_arn=endpoint, caller_arn=caller, pid=self.pid)
        except StatementFailed as error:
            if part is not self.whole:
                part.enter("FAILED", error.message)
            raise
        part.nanoseconds = int((datetime.now(UTC) - started).total_seconds() * 1e9)
        if part is self.whole:
            part.outcome = outcome
        else:
            part.finish(outcome)

    def _fail(self, message: str) -> None:
        for part in self.parts:
            if part is not self.whole and part.status in ACTIVE:
                part.enter("ABORTED")
        with self._lock:  # a concurrent cancellation sets the status first
            self.whole.enter("FAILED", message)

    def cancel(self) -> bool:
        """Abort the statement. Return False if its COMMIT has started or it has ended."""
        with self._lock:
            if self.whole.status in TERMINAL:
                return False
            if self._session is not None and not self._session.cancel():
                return False
            self.whole.enter("ABORTED")
        return True

    def part(self, identifier: str) -> Part:
        """Return the part with this id, or the whole statement."""
        return next((p for p in self.parts if p.id == identifier), self.whole)

    def describe(self) -> dict[str, Any]:
        """Return the response of DescribeStatement."""
        request = self.request
        last = self.parts[-1]
        body = {
            **self.whole.progress(),
            **request.endpoint.target,
            "Database": request.database,
            "DbUser": None if request.secret_arn else request.user,
            "SecretArn": request.secret_arn,
            "HasResultSet": any(part.result is not None for part in self.parts),
            "QueryString": self.whole.sql or None,
            "QueryParameters": parameter_list(request.parameters),
            "RedshiftPid": self.pid,
            "RedshiftQueryId": self.pid if self.whole.status in TERMINAL else 0,
            "ResultFormat": request.result_format,
            "ResultRows": last.outcome.rows if self.whole.status == "FINISHED" else -1,
            "ResultSize": last.result.bytes if last.result else -1,
        }
        if request.batch:
            body["SubStatements"] = [self._describe_part(part) for part in self.parts]
            body["ExecutionMode"] = "AUTO_COMMIT" if request.auto_commit else "TRANSACTION"
        return {key: value for key, value in body.items() if value is not None}

    def _describe_part(self, part: Part) -> dict[str, Any]:
        body = {
            **part.progress(),
            "HasResultSet": part.result is not None,
            "QueryString": part.sql,
            "RedshiftQueryId": self.pid if part.status in TERMINAL else 0,
            "ResultRows": part.outcome.rows if part.status == "FINISHED" else -1,
            "ResultSize": part.result.bytes if part.result else -1,
        }
        return {key: value for key, value in body.items() if value is not None}

    def summary(self) -> dict[str, Any]:
        """Return the statement as an item of ListStatements."""
        request = self.request
        body = {
            "Id": self.id,
            "Status": self.whole.status,
            "CreatedAt": self.whole.created.timestamp(),
            "UpdatedAt": self.whole.updated.timestamp(),
            "IsBatchStatement": request.batch,
            "QueryString": None if request.batch else self.whole.sql,
            "QueryStrings": list(request.sqls) if request.batch else None,
            "QueryParameters": parameter_list(request.parameters),
            "ResultFormat": request.result_format,
            "SecretArn": request.secret_arn,
            "StatementName": request.name,
        }
        return {key: value for key, value in body.items() if value is not None}


def parameter_list(parameters: Mapping[str, str]) -> list[dict[str, str]] | None:
    """Return parameters in the format of the API; None if there are no parameters."""
    return [{"name": name, "value": value} for name, value in parameters.items()] or None
