"""PostgreSQL by psycopg, with a cursor of the server.

Sources: https://www.psycopg.org/psycopg3/docs/advanced/cursors.html (server-side cursors),
https://www.postgresql.org/docs/current/libpq-connect.html (parameters of connections),
https://github.com/postgres/postgres, src/include/catalog/pg_type.dat (numbers of types).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import Any

from pipeline_code.runtime.databases.connector import (
    REQUIRED,
    Connector,
    Kind,
    Login,
    ResultColumn,
)

_SECONDS = 10
_KINDS: Mapping[int, Kind] = {
    16: "boolean",
    **dict.fromkeys((20, 21, 23), "integer"),  # int8, int2, int4
    **dict.fromkeys((700, 701), "float"),
    1700: "decimal",
    **dict.fromkeys((18, 19, 25, 1042, 1043), "text"),  # "char", name, text, char(n), varchar
    1082: "date",
    1114: "timestamp",
    1184: "timestamp with zone",
}


class PostgreSQL(Connector):
    """A database of a PostgreSQL server."""

    title = "PostgreSQL"
    package = "psycopg[binary]"
    module = "psycopg"
    settings = {"database": REQUIRED, "sslmode": ""}
    secrets = (("username", "password"),)

    def connect(self, driver: Any, login: Login) -> Any:
        """Log in, and read only.

        TLS is required by default, and with the PEM text `root_certificates` in the secret the
        server must have a certificate of these authorities.
        """
        certificates = login.secret.get("root_certificates", "")
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(certificates)
            file.flush()
            connection = driver.connect(
                host=login.host,
                port=login.port,
                dbname=login.settings["database"],
                user=login.secret["username"],
                password=login.secret["password"],
                sslmode=login.settings["sslmode"] or ("verify-full" if certificates else "require"),
                connect_timeout=_SECONDS,
                **({"sslrootcert": file.name} if certificates else {}),
            )
        connection.read_only = True
        # In the transaction of the query: a pooler may give the next one another connection.
        connection.execute("SET LOCAL TIME ZONE 'UTC'")
        return connection

    def cursor(self, connection: Any) -> Any:
        """Return a cursor with a name, whose rows stay in the server."""
        return connection.cursor(name="rows")

    def column(self, described: Any) -> ResultColumn:
        """Return the column of psycopg's `Column`."""
        return ResultColumn(
            name=described.name,
            type=described.type_display,
            kind=_KINDS.get(described.type_code),
            precision=described.precision,
            scale=described.scale,
        )


CONNECTOR = PostgreSQL()
