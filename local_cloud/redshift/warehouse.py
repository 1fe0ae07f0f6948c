"""The databases and the users of a cluster. Each database is a DuckDB, in memory or a file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import duckdb

from local_cloud.redshift.access_control import Access, User
from local_cloud.redshift.machine_learning.models import end_interrupted_trainings
from local_cloud.redshift.machine_learning.predict_function import (
    Predictor,
    register_models,
)
from local_cloud.redshift.query_history import QueryHistory
from local_cloud.redshift.s3.load_errors import LoadErrorLog
from local_cloud.redshift.saved_access import access_bytes, read_access
from local_cloud.redshift.sql.python_functions import register
from local_cloud.redshift.statement_errors import StatementFailed

# Macros that assign a text to a CHAR or VARCHAR column. A text that is too long is an error.
# Trailing blanks of a CHAR are removed. For a VARCHAR, those beyond its length are removed.
_MACROS = """
    CREATE OR REPLACE MACRO main.as_varchar(value, width) AS
        CASE WHEN strlen(CAST(value AS TEXT)) <= width THEN CAST(value AS TEXT)
             WHEN strlen(rtrim(CAST(value AS TEXT), ' ')) <= width
             THEN rpad(rtrim(CAST(value AS TEXT), ' '), width, ' ')
             WHEN value IS NULL THEN NULL
             ELSE error('value too long for type character varying(' || width || ')') END;
    CREATE OR REPLACE MACRO main.as_bpchar(value, width) AS
        CASE WHEN value IS NULL THEN NULL
             WHEN strlen(CAST(value AS TEXT)) <> length(CAST(value AS TEXT))
             THEN error('CHAR string contains invalid ASCII character')
             WHEN strlen(rtrim(CAST(value AS TEXT), ' ')) <= width
             THEN rtrim(CAST(value AS TEXT), ' ')
             ELSE error('value too long for type character(' || width || ')') END;
"""


# The tables of the schema `main`, which the catalog omits: the external schemas and the models of
# the database, and the users and privileges of the cluster after its last transaction.
_TABLES = """
    CREATE TABLE IF NOT EXISTS main.external_schemas (name TEXT, database TEXT, role_arn TEXT);
    CREATE TABLE IF NOT EXISTS main.access (version BIGINT, content BLOB);
    CREATE TABLE IF NOT EXISTS main.models
        (schema TEXT, name TEXT, id TEXT, content TEXT, artifact BLOB);
"""
_READ_ACCESS = "SELECT version, content FROM main.access"
# DuckDB names the catalog of a database after its file. No schema has this name.
_FILE = "$warehouse.duckdb"

# Attributes that end with the server, and their values in a restored warehouse.
_NOT_SAVED: dict[str, Callable[[], Any]] = {
    "_databases": dict,
    "predictors": dict,
    "closing": threading.Event,
}


@dataclass
class Warehouse:
    """The warehouse of a cluster. Each DuckDB database is created at its first use.

    `scratch` is the only folder that statements (COPY and UNLOAD) can access. Statements that
    write run one after another (the lock `writing`), similar to Redshift's table locks. Statements
    that only read never wait.

    With the folder `files`, the data outlive the server. Then each transaction that changes users
    or privileges writes them to its database, so that both survive or none.
    """

    identifier: str
    scratch: Path
    master: str
    main_database: str
    access: Access = field(default_factory=Access)
    files: Path | None = None
    # The number of changes of `access`.
    version: int = 0
    writing: threading.Lock = field(default_factory=threading.Lock)
    load_errors: LoadErrorLog = field(default_factory=LoadErrorLog)
    history: QueryHistory = field(default_factory=QueryHistory)
    # Id of a model -> what predicts its rows.
    predictors: dict[str, Predictor] = field(default_factory=dict)
    closing: threading.Event = field(default_factory=threading.Event)
    _databases: dict[str, duckdb.DuckDBPyConnection] = field(default_factory=dict)
    _opening: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.access = self.access.with_user(User(self.master, superuser=True))
        self.access = self.access.with_database(self.main_database, self.master)

    def cursor(self, database: str) -> duckdb.DuckDBPyConnection:
        """Return a new connection to a database of the cluster."""
        if database not in self.access.databases:
            raise StatementFailed(f'FATAL: database "{database}" does not exist')
        with self._opening:
            if database not in self._databases:
                self._databases[database] = self._open(database)
            return _configured(self._databases[database].cursor())

    def close(self) -> None:
        """Close all databases, which deletes their data unless they are files.

        It waits for a training that stores its model: DuckDB closes no connection that is in use.
        """
        self.closing.set()
        for predictor in self.predictors.values():
            predictor.close()
        with self.writing, self._opening:
            for connection in self._databases.values():
                connection.close()
            self._databases.clear()

    def resume(self) -> None:
        """Open the databases of an earlier server, and read the newest users and privileges."""
        for folder in self.files.iterdir() if self.files and self.files.exists() else ():
            rows = self.cursor(unquote(folder.name)).execute(_READ_ACCESS).fetchall()
            for version, content in rows:
                if version > self.version:
                    self.version, self.access = version, read_access(content)

    def write_access(self, access: Access, cursor: duckdb.DuckDBPyConnection) -> None:
        """Write changed users and privileges in the transaction of the cursor."""
        if access is not self.access and self.files is not None:
            cursor.execute("DELETE FROM main.access")
            row = [self.version + 1, access_bytes(access)]
            cursor.execute("INSERT INTO main.access VALUES ($1, $2)", row)

    def set_access(self, access: Access) -> None:
        """Replace the users and privileges."""
        if access is not self.access:
            self.version, self.access = self.version + 1, access

    def _open(self, database: str) -> duckdb.DuckDBPyConnection:
        connection = _open(self._file(database), self.scratch)
        register_models(connection, self.predictors)
        end_interrupted_trainings(connection)
        return connection

    def _file(self, database: str) -> str:
        if self.files is None:
            return ":memory:"
        folder = self.files / quote(database, safe="")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return str(folder / _FILE)

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes that are saved."""
        return {name: value for name, value in vars(self).items() if name not in _NOT_SAVED}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the saved attributes, without processes and connections."""
        vars(self).update({name: make() for name, make in _NOT_SAVED.items()} | state)


def _open(file: str, scratch: Path) -> duckdb.DuckDBPyConnection:
    scratch.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(file)
    connection.execute(f"SET allowed_directories = [{_quoted(str(scratch.resolve()))}]")
    # A statement must neither read the laptop's files nor change these settings.
    connection.execute("SET enable_external_access = false")
    connection.execute(_MACROS)
    register(connection)
    connection.execute(_TABLES)
    connection.execute("CREATE SCHEMA IF NOT EXISTS public")
    return connection


def _configured(cursor: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    cursor.execute("SET integer_division = true")
    cursor.execute("SET TimeZone = 'UTC'")
    cursor.execute("SET default_null_order = 'nulls_last'")
    return cursor


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
