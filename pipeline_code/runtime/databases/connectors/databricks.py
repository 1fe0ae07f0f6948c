"""Databricks SQL by its own driver.

Source: https://github.com/databricks/databricks-sql-python (release 4.9.0), `Connection.__init__`
of src/databricks/sql/client.py and `_col_to_description` of backend/thrift_backend.py: a type is
the name of its Thrift type in lower case, and TIMESTAMP_NTZ is `timestamp`, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline_code.runtime.databases.connector import (
    REQUIRED,
    Connector,
    Kind,
    Login,
    ResultColumn,
)

_SECONDS = 600
_KINDS: Mapping[str, Kind] = {
    "boolean": "boolean",
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), "integer"),
    **dict.fromkeys(("float", "double"), "float"),
    "decimal": "decimal",
    **dict.fromkeys(("string", "varchar", "char"), "text"),
    "date": "date",
    "timestamp": "timestamp with zone",
}


class Databricks(Connector):
    """A SQL warehouse or a cluster of a Databricks workspace."""

    title = "Databricks"
    package = "databricks-sql-connector"
    module = "databricks.sql"
    settings = {"http_path": REQUIRED, "catalog": "", "schema": ""}
    secrets = (("access_token",),)

    def connect(self, driver: Any, login: Login) -> Any:
        """Log in with the token of the secret.

        The rows come through this connection: with cloud fetch, the driver would download them
        from buckets that the network of the job does not reach.
        """
        given = {name: value for name, value in login.settings.items() if value}
        return driver.connect(
            server_hostname=login.host,
            _port=login.port,
            access_token=login.secret["access_token"],
            session_configuration={"timezone": "UTC"},
            use_cloud_fetch=False,
            enable_telemetry=False,
            _socket_timeout=_SECONDS,
            **given,
        )

    def column(self, described: Sequence[Any]) -> ResultColumn:
        """Return the column."""
        name, kind, _, _, precision, scale, *_ = described
        return ResultColumn(
            name=name, type=kind, kind=_KINDS.get(kind), precision=precision, scale=scale
        )


CONNECTOR = Databricks()
