"""The state of the warehouses between requests: data, sessions and threads."""

from __future__ import annotations

import itertools
import shutil
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from local_cloud.context import Cloud
from local_cloud.redshift.api.database_identity import Login
from local_cloud.redshift.api.warehouse_endpoint import WarehouseEndpoint
from local_cloud.redshift.s3.s3_access import S3Access
from local_cloud.redshift.session import Session
from local_cloud.redshift.statement_errors import StatementFailed
from local_cloud.redshift.warehouse import Warehouse

_WORKERS = 16
# In the folder of the saved state.
_FOLDER = "warehouses"


@dataclass
class WarehouseRuntime:
    """The warehouses of a cloud, their sessions, and the threads that run statements."""

    cloud: Cloud
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_WORKERS, thread_name_prefix="redshift")
    )
    warehouses: dict[str, Warehouse] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    sessions: weakref.WeakSet[Session] = field(default_factory=weakref.WeakSet)
    pids: Callable[[], int] = itertools.count(1073741824).__next__

    def warehouse(self, endpoint: WarehouseEndpoint) -> Warehouse:
        """Return the warehouse of an endpoint. An empty warehouse is created at the first call."""
        with self.lock:
            found = self.warehouses.get(endpoint.data)
            if found is None:
                found = Warehouse(
                    endpoint.name,
                    self.cloud.state.resolve() / "redshift" / endpoint.data,
                    endpoint.master,
                    endpoint.database,
                    files=self._files(endpoint.data),
                )
                self.warehouses[endpoint.data] = found
            return found

    def session(
        self, endpoint: WarehouseEndpoint, *, database: str, login: Login, autocommit: bool = True
    ) -> Session:
        """Connect to a database. With `autocommit`, each statement is its own transaction.

        Raises `StatementFailed` if the endpoint is not available or rejects the log-in.
        """
        warehouse = self.warehouse(endpoint)
        login.check(warehouse, endpoint.master_password)
        s3_access = S3Access(self.cloud, endpoint.users, endpoint.roles)
        session = Session(
            warehouse, s3_access, database=database, user=login.user, autocommit=autocommit
        )
        with self.lock:
            self.sessions.add(session)
        # A status that changes after this check drops the sessions, including this one.
        if not endpoint.is_available:
            session.close()
            raise StatementFailed(f"FATAL: the cluster {endpoint.name} is {endpoint.status()}")
        return session

    def drop(self, data: str, reason: str) -> None:
        """Cancel all sessions of an endpoint. Its data is kept."""
        with self.lock:
            warehouse = self.warehouses.get(data)
            running = [s for s in self.sessions if s.warehouse is warehouse]
        for session in running:
            session.cancel(reason)

    def resume(self) -> None:
        """Read the restored warehouses, and delete the files of warehouses that do not exist."""
        for warehouse in list(self.warehouses.values()):
            warehouse.resume()
        for folder in self.cloud.saved.glob(f"{_FOLDER}/*") if self.cloud.saved else ():
            if folder.name not in self.warehouses:
                shutil.rmtree(folder)

    def forget(self, data: str) -> None:
        """Delete the data of a deleted endpoint."""
        with self.lock:
            warehouse = self.warehouses.pop(data, None)
        if warehouse is not None:
            warehouse.close()

    def _files(self, data: str) -> Path | None:
        return None if self.cloud.saved is None else self.cloud.saved.resolve() / _FOLDER / data

    def close(self) -> None:
        """Cancel the running statements and close all databases."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        with self.lock:
            running = list(self.sessions)
        for session in running:
            session.cancel()
        self.threads.shutdown(wait=True)
        for warehouse in list(self.warehouses.values()):
            warehouse.close()
