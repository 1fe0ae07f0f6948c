"""What outlives a request to the warehouses of a cloud: their data, sessions and threads."""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from local_cloud.context import Cloud
from local_cloud.redshift.api.database_identity import Login
from local_cloud.redshift.api.warehouse_endpoint import WarehouseEndpoint
from local_cloud.redshift.s3.s3_access import S3Access
from local_cloud.redshift.session import Session
from local_cloud.redshift.statement_errors import StatementFailed
from local_cloud.redshift.warehouse import Warehouse

_WORKERS = 16


@dataclass
class WarehouseRuntime:
    """What outlives a request: the cloud, the warehouses and the threads that run statements."""

    cloud: Cloud
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_WORKERS, thread_name_prefix="redshift")
    )
    warehouses: dict[str, Warehouse] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    sessions: weakref.WeakSet[Session] = field(default_factory=weakref.WeakSet)
    pids: Callable[[], int] = itertools.count(1073741824).__next__

    def warehouse(self, endpoint: WarehouseEndpoint) -> Warehouse:
        """The warehouse of an endpoint, empty when first asked for and after a re-creation."""
        with self.lock:
            found = self.warehouses.get(endpoint.data)
            if found is None:
                scratch = self.cloud.state / "redshift" / endpoint.data
                found = Warehouse(endpoint.name, scratch, endpoint.master, endpoint.database)
                self.warehouses[endpoint.data] = found
            return found

    def session(
        self, endpoint: WarehouseEndpoint, *, database: str, login: Login, autocommit: bool = True
    ) -> Session:
        """A connection to a database of an endpoint; `autocommit`: one transaction per statement.

        Raises `StatementFailed` when the database takes no connection, or not this one.
        """
        warehouse = self.warehouse(endpoint)
        login.check(warehouse, endpoint.master_password)
        s3_access = S3Access(self.cloud, endpoint.users, endpoint.roles)
        session = Session(
            warehouse, s3_access, database=database, user=login.user, autocommit=autocommit
        )
        with self.lock:
            self.sessions.add(session)
        # The deletion of an endpoint drops its sessions afterwards.
        if not endpoint.is_available:
            session.close()
            raise StatementFailed(f"FATAL: the cluster {endpoint.name} is {endpoint.status()}")
        return session

    def drop(self, data: str, reason: str) -> None:
        """End every connection to an endpoint, whose data stays."""
        with self.lock:
            warehouse = self.warehouses.get(data)
            running = [s for s in self.sessions if s.warehouse is warehouse]
        for session in running:
            session.cancel(reason)

    def forget(self, data: str) -> None:
        """Drop the data of a deleted endpoint."""
        with self.lock:
            warehouse = self.warehouses.pop(data, None)
        if warehouse is not None:
            warehouse.close()

    def close(self) -> None:
        """Stop what runs and forget the data."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        with self.lock:
            running = list(self.sessions)
        for session in running:
            session.cancel()
        self.threads.shutdown(wait=True)
        for warehouse in self.warehouses.values():
            warehouse.close()
