"""The requests and responses of the Data API (JSON), as in botocore's model of redshift-data."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from moto.core.responses import BaseResponse
from moto.redshiftdata.models import redshiftdata_backends

from local_cloud.authentication.caller import caller_signature
from local_cloud.authorization.caller_arn import caller_arn
from local_cloud.redshift.api import metadata_listing, response_documents
from local_cloud.redshift.api.data_api_permissions import (
    DataApiCaller,
    credential_permissions,
    secret_permissions,
    tag_permissions,
)
from local_cloud.redshift.api.data_backend import WarehouseDataBackend
from local_cloud.redshift.api.database_identity import (
    Login,
    login_of_caller,
    login_of_secret,
    tagged_roles,
)
from local_cloud.redshift.api.exceptions import (
    ResourceNotFoundError,
    UnavailableError,
    ValidationError,
)
from local_cloud.redshift.api.statement_parameters import bound_parameters
from local_cloud.redshift.api.statement_parts import TERMINAL, Part
from local_cloud.redshift.api.statements import Statement, StatementRequest
from local_cloud.redshift.api.warehouse_endpoint import PAUSED, WarehouseEndpoint
from local_cloud.redshift.result_set import ResultSet
from local_cloud.redshift.session import Session
from local_cloud.redshift.statement_errors import StatementFailed

MAX_STATEMENT_BYTES = 100_000
_UNAVAILABLE = ("SessionId", "SessionKeepAliveSeconds")
_COMMIT_SECONDS = 10.0


class DataApiResponse(BaseResponse):  # type: ignore[misc]
    """One method per operation of the Data API."""

    def __init__(self) -> None:
        super().__init__(service_name="redshift-data")

    @property
    def backend(self) -> WarehouseDataBackend:
        """The back end for the caller's account and region."""
        backend: WarehouseDataBackend = redshiftdata_backends[self.current_account][self.region]
        return backend

    def execute_statement(self) -> str:
        """Perform ExecuteStatement."""
        return self._start([self._required("Sql")], batch=False)

    def batch_execute_statement(self) -> str:
        """Perform BatchExecuteStatement."""
        sqls = self._get_param("Sqls") or []
        if not 1 <= len(sqls) <= 40:
            raise ValidationError(f"Sqls must contain 1 to 40 statements, not {len(sqls)}")
        return self._start(sqls, batch=True)

    def describe_statement(self) -> str:
        """Perform DescribeStatement."""
        statement = self.backend.statement(self._get_param("Id"))
        self._wait(statement)
        return json.dumps(statement.describe())

    def get_statement_result(self) -> str:
        """Perform GetStatementResult."""
        result, start = self._result("JSON")
        return json.dumps(
            {**response_documents.result_page(result, start), "Records": result.page(start)}
        )

    def get_statement_result_v2(self) -> str:
        """Perform GetStatementResultV2."""
        result, start = self._result("CSV")
        records = [{"CSVRecords": result.csv_page(start)}]
        return json.dumps(
            {
                **response_documents.result_page(result, start),
                "Records": records,
                "ResultFormat": "CSV",
            }
        )

    def cancel_statement(self) -> str:
        """Perform CancelStatement."""
        statement = self.backend.statement(self._get_param("Id"))
        if not statement.cancel():
            statement.done.wait(_COMMIT_SECONDS)
            raise ValidationError(
                f"Could not cancel a query that is already in {statement.whole.status} state "
                f"with ID: {statement.id}"
            )
        return json.dumps({"Status": True})

    def list_statements(self) -> str:
        """Perform ListStatements, newest first. Without Status, only finished ones are listed."""
        found = sorted(
            filter(self._is_listed, list(self.backend.statements.values())),
            key=lambda statement: statement.whole.created,
            reverse=True,
        )
        page, token = self._slice(found, default=100)
        return response_documents.document(
            {"Statements": [s.summary() for s in page], "NextToken": token}
        )

    def list_databases(self) -> str:
        """Perform ListDatabases."""
        names, token = self._slice(self._connected(metadata_listing.databases), default=60)
        return response_documents.document({"Databases": names, "NextToken": token})

    def list_schemas(self) -> str:
        """Perform ListSchemas."""
        pattern = self._get_param("SchemaPattern")
        names = self._connected(lambda session: metadata_listing.schemas(session, pattern))
        page, token = self._slice(names, default=60)
        return response_documents.document({"Schemas": page, "NextToken": token})

    def list_tables(self) -> str:
        """Perform ListTables."""
        patterns = self._get_param("SchemaPattern"), self._get_param("TablePattern")
        tables = self._connected(lambda session: metadata_listing.tables(session, *patterns))
        page, token = self._slice(tables, default=60)
        return response_documents.document({"Tables": page, "NextToken": token})

    def describe_table(self) -> str:
        """Perform DescribeTable."""
        table, schema = self._required("Table"), self._get_param("Schema")
        columns = self._connected(lambda session: metadata_listing.columns(session, schema, table))
        page, token = self._slice(columns, default=1000)
        return response_documents.document(
            {"TableName": table, "ColumnList": page, "NextToken": token}
        )

    def list_sessions(self) -> str:
        """Perform ListSessions. A session ends with its statement, so the list is empty."""
        return json.dumps({"Sessions": []})

    def _start(self, sqls: list[str], *, batch: bool) -> str:
        for sql in sqls:
            if len(sql.encode()) > MAX_STATEMENT_BYTES:
                raise ValidationError(f"SQL is longer than {MAX_STATEMENT_BYTES} bytes")
        endpoint, login = self._login(batch=batch)
        mode = self._get_param("ExecutionMode") or "TRANSACTION"
        request = StatementRequest(
            sqls=tuple(sqls),
            batch=batch,
            caller=self._caller(),
            database=self._required("Database"),
            user=login.user,
            endpoint=endpoint,
            parameters=bound_parameters(sqls, self._get_param("Parameters") or []),
            secret_arn=self._get_param("SecretArn"),
            name=self._get_param("StatementName"),
            with_event=bool(self._get_param("WithEvent")),
            result_format=self._get_param("ResultFormat") or "JSON",
            auto_commit=mode == "AUTO_COMMIT",
        )
        statement = self.backend.start(request, login, self._get_param("ClientToken"))
        waited = self._wait(statement)
        return response_documents.document(
            response_documents.accepted(statement)
            | (response_documents.state(statement) if waited else {})
        )

    def _login(self, *, batch: bool = False) -> tuple[WarehouseEndpoint, Login]:
        """Return the warehouse and the database user of a request.

        Raises ValidationError for a paused cluster, which a user must resume, and
        UnavailableError in other states, which are transient.
        """
        for name in _UNAVAILABLE:
            if self._get_param(name) is not None:
                raise ValidationError(
                    f"{name} is not supported by the laptop cloud: it has one session per "
                    "statement; leave it out"
                )
        endpoint = self.backend.endpoint(
            cluster=self._get_param("ClusterIdentifier"), workgroup=self._get_param("WorkgroupName")
        )
        if endpoint.status() == PAUSED:
            raise ValidationError(f"Redshift cluster {endpoint.name} is paused: resume it first")
        if not endpoint.is_available:
            raise UnavailableError(endpoint.name, endpoint.status(), batch=batch)
        return endpoint, self._database_user(endpoint)

    def _database_user(self, endpoint: WarehouseEndpoint) -> Login:
        """Return the user of the secret, the DbUser, or the user of the caller's identity.

        Raises AccessDeniedError if the caller does not have the required permissions.
        """
        secret, user = self._get_param("SecretArn"), self._get_param("DbUser")
        caller = DataApiCaller(caller_signature(), self.current_account)
        if secret and user:
            raise ValidationError("Specify either SecretArn or DbUser, not both")
        if secret:
            caller.require(secret_permissions(secret, self.current_account, self.region))
            return login_of_secret(secret, self.current_account, self.region)
        if user and endpoint.kind == "WorkgroupName":
            raise ValidationError(
                "DbUser is for clusters: a workgroup's user is the caller's own IAM identity, or "
                "that of a SecretArn"
            )
        database = self._get_param("Database") or endpoint.database
        caller.require(credential_permissions(endpoint, database=database, user=user))
        if user:
            return Login(user)
        arn = self._caller()
        roles = tagged_roles(arn)
        caller.require(tag_permissions() if roles else [])
        return login_of_caller(arn, self.backend.runtime.warehouse(endpoint), roles)

    def _caller(self) -> str:
        return caller_arn(self.get_access_key(), self.current_account, self.region)

    def _connected(self, question: Any) -> Any:
        """Return the result of `question`, which is called with a session of the caller."""
        endpoint, login = self._login()
        runtime, database = self.backend.runtime, self._get_param("Database") or endpoint.database
        try:
            session: Session = runtime.session(endpoint, database=database, login=login)
        except StatementFailed as error:
            raise ValidationError(error.message) from error
        try:
            return question(session)
        finally:
            session.close()

    def _result(self, wanted_format: str) -> tuple[ResultSet, int]:
        identifier = self._get_param("Id")
        statement = self.backend.statement(identifier)
        self._wait(statement)
        part = statement.part(identifier) if ":" in identifier else statement.parts[-1]
        _check_finished(statement, part)
        if part.result is None:
            raise ResourceNotFoundError(identifier, "Query does not have result.")
        if statement.request.result_format != wanted_format:
            raise ValidationError(
                f"The statement's ResultFormat is {statement.request.result_format}: "
                "use GetStatementResult for JSON and GetStatementResultV2 for CSV"
            )
        return part.result, self._offset()

    def _wait(self, statement: Statement) -> bool:
        seconds = self._get_param("WaitTimeSeconds")
        if seconds is not None:
            statement.done.wait(min(int(seconds), 30))
        return seconds is not None

    def _is_listed(self, statement: Statement) -> bool:
        wanted = self._get_param("Status") or "FINISHED"
        name = self._get_param("StatementName")
        request = statement.request
        return (
            wanted in ("ALL", statement.whole.status)
            and (name is None or (request.name or "").startswith(name))
            and self._get_param("Database") in (None, request.database)
            and all(
                self._get_param(kind) in (None, request.endpoint.target.get(kind))
                for kind in ("ClusterIdentifier", "WorkgroupName")
            )
        )

    def _slice(self, items: Iterable[Any], *, default: int) -> tuple[list[Any], str | None]:
        every, start = list(items), self._offset()
        size = int(self._get_param("MaxResults") or default)
        following = start + size
        return every[start:following], str(following) if following < len(every) else None

    def _offset(self) -> int:
        token = self._get_param("NextToken")
        if token is not None and not token.isdecimal():
            raise ValidationError(f"NextToken {token} is invalid: use that of the previous page")
        return int(token or 0)

    def _required(self, name: str) -> str:
        value = self._get_param(name)
        if not value:
            raise ValidationError(f"{name} is required")
        return str(value)


def _check_finished(statement: Statement, part: Part) -> None:
    status = statement.whole.status
    if status not in TERMINAL or part.status != "FINISHED":
        raise ResourceNotFoundError(
            statement.id, f"Query result is not available: the statement's status is {status}."
        )
