"""The databases and the users of a cluster. Each database is an in-memory DuckDB."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from local_cloud.redshift.access_control import Access, User
from local_cloud.redshift.query_history import QueryHistory
from local_cloud.redshift.s3.load_errors import LoadErrorLog
from local_cloud.redshift.sql.python_functions import register
from local_cloud.redshift.statement_errors import StatementFailed

# Macros that assign a text to a CHAR or VARCHAR column. A text that is too long is an error.
# Trailing blanks of a CHAR are removed. For a VARCHAR, those beyond its length are removed.
_MACROS = """
    CREATE MACRO main.as_varchar(value, width) AS
        CASE WHEN strlen(CAST(value AS TEXT)) <= width THEN CAST(value AS TEXT)
             WHEN strlen(rtrim(CAST(value AS TEXT), ' ')) <= width
             THEN rpad(rtrim(CAST(value AS TEXT), ' '), width, ' ')
             WHEN value IS NULL THEN NULL
             ELSE error('value too long for type character varying(' || width || ')') END;
    CREATE MACRO main.as_bpchar(value, width) AS
        CASE WHEN value IS NULL THEN NULL
             WHEN strlen(CAST(value AS TEXT)) <> length(CAST(value AS TEXT))
             THEN error('CHAR string contains invalid ASCII character')
             WHEN strlen(rtrim(CAST(value AS TEXT), ' ')) <= width
             THEN rtrim(CAST(value AS TEXT), ' ')
             ELSE error('value too long for type character(' || width || ')') END;
"""


# The table with the external schemas of a database. The catalog omits it.
_EXTERNAL_SCHEMAS = """
    CREATE TABLE main.external_schemas (name TEXT, database TEXT, role_arn TEXT)
"""


@dataclass
class Warehouse:
    """The warehouse of a cluster. Each DuckDB database is created at its first use.

    `scratch` is the only folder that statements (COPY and UNLOAD) can access. Statements that
    write run one after another (the lock `writing`), similar to Redshift's table locks. Statements
    that only read never wait.
    """

    identifier: str
    scratch: Path
    master: str
    main_database: str
    access: Access = field(default_factory=Access)
    writing: threading.Lock = field(default_factory=threading.Lock)
    load_errors: LoadErrorLog = field(default_factory=LoadErrorLog)
    history: QueryHistory = field(default_factory=QueryHistory)
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
                self._databases[database] = _open(self.scratch)
            return _configured(self._databases[database].cursor())

    def close(self) -> None:
        """Close all databases, which deletes their data."""
        with self._opening:
            for connection in self._databases.values():
                connection.close()
            self._databases.clear()


def _open(scratch: Path) -> duckdb.DuckDBPyConnection:
    scratch.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET allowed_directories = [{_quoted(str(scratch.resolve()))}]")
    # A statement must neither read the laptop's files nor change these settings.
    connection.execute("SET enable_external_access = false")
    connection.execute(_MACROS)
    register(connection)
    connection.execute(_EXTERNAL_SCHEMAS)
    connection.execute("CREATE SCHEMA public")
    return connection


def _configured(cursor: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    cursor.execute("SET integer_division = true")
    cursor.execute("SET TimeZone = 'UTC'")
    cursor.execute("SET default_null_order = 'nulls_last'")
    return cursor


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
