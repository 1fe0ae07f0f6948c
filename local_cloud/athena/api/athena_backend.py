"""The back end of Athena: moto's workgroups, and query executions that really run."""

from __future__ import annotations

import threading
import types
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

from moto.athena.models import AthenaBackend, WorkGroup

from local_cloud.athena.api.exceptions import InvalidRequestError
from local_cloud.athena.api.query_execution import ENDED, QueryExecution, QueryRequest
from local_cloud.context import Cloud

_QUERIES_AT_ONCE = 4


class QueryBackend(AthenaBackend):  # type: ignore[misc]
    """Workgroups by name, and query executions by id, which end with the server.

    The result files are kept.
    """

    NOT_SAVED: ClassVar = ("queries", "tokens")
    cloud: ClassVar[Cloud]
    _workers: ClassVar[ThreadPoolExecutor | None] = None
    _running: ClassVar[list[QueryExecution]] = []
    _starting: ClassVar = threading.Lock()

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.queries: dict[str, QueryExecution] = {}
        self.tokens: dict[str, str] = {}

    @property
    def _url_module(self) -> types.ModuleType:
        from local_cloud.athena.api import urls

        return urls

    @classmethod
    def start_workers(cls, cloud: Cloud) -> None:
        """Create the threads that run the queries."""
        cls.cloud = cloud
        cls._workers = ThreadPoolExecutor(_QUERIES_AT_ONCE, thread_name_prefix="athena")

    @classmethod
    def stop_workers(cls) -> None:
        """Cancel the running queries, and wait until they have ended."""
        with cls._starting:
            workers, cls._workers = cls._workers, None
            for query in cls._running:
                query.cancel()
            cls._running.clear()
        if workers is not None:
            workers.shutdown(cancel_futures=True)

    def start(self, request: QueryRequest, token: str | None) -> QueryExecution:
        """Accept a query and run it in a thread. A repeated token returns its query."""
        with self._starting:
            if token and token in self.tokens:
                return self.queries[self.tokens[token]]
            assert self._workers is not None  # the server has stopped
            query = QueryExecution(request)
            self.queries[query.id] = query
            if token:
                self.tokens[token] = query.id
            self._running[:] = [each for each in self._running if each.state not in ENDED] + [query]
            self._workers.submit(query.run)
            return query

    def query(self, identifier: str) -> QueryExecution:
        """Return the query with this id."""
        if identifier not in self.queries:
            raise InvalidRequestError(f"QueryExecution {identifier} was not found")
        return self.queries[identifier]

    def workgroup(self, name: str) -> WorkGroup:
        """Return the workgroup with this name."""
        if name not in self.work_groups:
            raise InvalidRequestError(f"WorkGroup {name} is not found.")
        return self.work_groups[name]

    def delete_workgroup(self, name: str) -> None:
        """Delete a workgroup with its queries."""
        found = self.workgroup(name)
        if name == "primary":
            raise InvalidRequestError("The primary workgroup cannot be deleted")
        self.tagger.delete_all_tags_for_resource(found.arn)
        del self.work_groups[name]

    def tagged(self, arn: str) -> str:
        """Return the ARN of an existing workgroup."""
        if all(found.arn != arn for found in self.work_groups.values()):
            raise InvalidRequestError(f"Resource {arn} was not found")
        return arn


def described(found: WorkGroup) -> Mapping[str, Any]:
    """Return a workgroup in the format of GetWorkGroup."""
    return {
        "Name": found.name,
        "State": found.state,
        "Configuration": found.configuration,
        "Description": found.description or "",
    }
