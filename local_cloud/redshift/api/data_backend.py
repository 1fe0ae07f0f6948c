"""The back end of the Data API, whose statements run in the databases of the clusters."""

from __future__ import annotations

import logging
import re
import threading
import types
from datetime import UTC, datetime
from typing import ClassVar

from moto.redshift.exceptions import ClusterNotFoundError
from moto.redshift.models import redshift_backends
from moto.redshiftdata.models import RedshiftDataAPIServiceBackend, redshiftdata_backends

from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.redshift import serverless
from local_cloud.redshift.api import cluster_backend, password_rotation
from local_cloud.redshift.api.cluster_backend import WarehouseRedshiftBackend
from local_cloud.redshift.api.database_identity import Login
from local_cloud.redshift.api.exceptions import (
    ActiveStatementsExceededError,
    ResourceNotFoundError,
    ValidationError,
)
from local_cloud.redshift.api.statement_events import announce
from local_cloud.redshift.api.statement_parts import ACTIVE
from local_cloud.redshift.api.statements import Statement, StatementRequest
from local_cloud.redshift.api.warehouse_endpoint import WarehouseEndpoint, cluster_endpoint
from local_cloud.redshift.api.warehouse_runtime import WarehouseRuntime
from local_cloud.redshift.serverless import ServerlessBackend, redshiftserverless_backends
from local_cloud.redshift.serverless.exceptions import NotFoundError

# The quota of active statements. Source: "Quotas for the Amazon Redshift Data API".
ACTIVE_STATEMENTS = 500
_log = logging.getLogger(__name__)
_IDENTIFIER = re.compile(r"[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\d{1,2})?")


class WarehouseDataBackend(RedshiftDataAPIServiceBackend):  # type: ignore[misc]
    """The Data API's statements, by id. They end with the server; the data are kept."""

    NOT_SAVED: ClassVar = ("statements", "tokens")
    runtime: WarehouseRuntime
    _starting: ClassVar = threading.Lock()

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.statements: dict[str, Statement] = {}
        self.tokens: dict[str, str] = {}

    @property
    def _url_module(self) -> types.ModuleType:
        from local_cloud.redshift.api import urls

        return urls

    def endpoint(self, *, cluster: str | None, workgroup: str | None) -> WarehouseEndpoint:
        """Return the cluster or the workgroup (by name or ARN) that a request names."""
        if (cluster is None) == (workgroup is None):
            raise ValidationError("Specify either ClusterIdentifier or WorkgroupName")
        name = cluster or workgroup
        try:
            if workgroup is not None:
                found: WarehouseEndpoint = self._workgroups.endpoint(workgroup)
                return found
            cluster_backend = redshift_backends[self.account_id][self.region_name]
            return cluster_endpoint(cluster_backend.cluster(cluster))
        except (ClusterNotFoundError, NotFoundError) as error:
            raise ValidationError(
                f"Redshift endpoint doesn't exist in this region: {name}"
            ) from error

    @property
    def _workgroups(self) -> ServerlessBackend:
        found: ServerlessBackend = redshiftserverless_backends[self.account_id][self.region_name]
        return found

    def start(self, request: StatementRequest, login: Login, client_token: str | None) -> Statement:
        """Accept a statement and run it in a thread. A repeated token returns its statement."""
        with self._starting:
            if client_token and client_token in self.tokens:
                return self.statements[self.tokens[client_token]]
            running = [s for s in self.statements.values() if s.whole.status in ACTIVE]
            if len(running) >= ACTIVE_STATEMENTS:
                raise ActiveStatementsExceededError(ACTIVE_STATEMENTS)
            statement = Statement(request, self.runtime.pids())
            self.statements[statement.id] = statement
            if client_token:
                self.tokens[client_token] = statement.id
        self.runtime.threads.submit(self._run_statement, statement, login)
        return statement

    def _run_statement(self, statement: Statement, login: Login) -> None:
        request = statement.request
        autocommit = not request.batch or request.auto_commit
        statement.run(
            lambda: self.runtime.session(
                request.endpoint, database=request.database, login=login, autocommit=autocommit
            )
        )
        if statement.request.with_event:
            try:
                announce(self.runtime.cloud, statement, datetime.now(UTC))
            except Exception:
                # Boundary of a thread: no caller waits for the result, so the error is logged.
                _log.exception("the event of statement %s", statement.id)

    def statement(self, identifier: str) -> Statement:
        """Return the statement with this id, or with a part that has this id."""
        if not _IDENTIFIER.fullmatch(identifier or ""):
            raise ValidationError(f"id must satisfy regex pattern: ^{_IDENTIFIER.pattern}$")
        found = self.statements.get(identifier.split(":")[0])
        if found is None:
            raise ResourceNotFoundError(identifier)
        return found


def install(cloud: Cloud) -> WarehouseRuntime:
    """Replace moto's back ends of Redshift and the Data API, and add Redshift Serverless."""
    runtime = WarehouseRuntime(cloud)
    WarehouseRedshiftBackend.runtime = runtime
    WarehouseDataBackend.runtime = runtime
    serverless.install(runtime)
    cluster_backend.install()
    password_rotation.install(runtime)
    for registry, backend in (
        (redshift_backends, WarehouseRedshiftBackend),
        (redshiftdata_backends, WarehouseDataBackend),
    ):
        registry.backend = backend
        registry.clear()
    return runtime


def control_plane(cloud: Cloud) -> WarehouseRedshiftBackend:
    """Return the back end of Redshift in the cloud's region."""
    backend: WarehouseRedshiftBackend = redshift_backends[ACCOUNT_ID][cloud.region]
    return backend
