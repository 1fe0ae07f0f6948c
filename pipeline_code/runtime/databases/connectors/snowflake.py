"""Snowflake by its own driver.

Sources: https://docs.snowflake.com/en/developer-guide/python-connector/python-connector-api
(parameters of `connect`, numbers of types), and the driver 4.8.0: `private_key` may be a text, the
DER format in base64; `host` replaces the host that the driver derives from the account.
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

_SECONDS = 60
_DOMAIN = ".snowflakecomputing."
_FIXED = 0
# Number of a type -> its name in Snowflake, and its kind.
_TYPES: Mapping[int, tuple[str, Kind | None]] = {
    _FIXED: ("NUMBER", "decimal"),
    1: ("FLOAT", "float"),
    2: ("VARCHAR", "text"),
    3: ("DATE", "date"),
    4: ("TIMESTAMP", "timestamp"),
    5: ("VARIANT", None),
    6: ("TIMESTAMP_LTZ", "timestamp with zone"),
    7: ("TIMESTAMP_TZ", "timestamp with zone"),
    8: ("TIMESTAMP_NTZ", "timestamp"),
    9: ("OBJECT", None),
    10: ("ARRAY", None),
    11: ("BINARY", None),
    12: ("TIME", None),
    13: ("BOOLEAN", "boolean"),
}


class Snowflake(Connector):
    """A database of a Snowflake account."""

    title = "Snowflake"
    package = "snowflake-connector-python"
    module = "snowflake.connector"
    settings = {"database": REQUIRED, "warehouse": REQUIRED, "schema": "", "role": ""}
    secrets = (("username", "private_key"), ("username", "password"))

    def connect(self, driver: Any, login: Login) -> Any:
        """Log in with the private key of the secret, or with its password."""
        given = {name: value for name, value in login.settings.items() if value}
        way = {
            name: login.secret[name] for name in ("private_key", "password") if name in login.secret
        }
        return driver.connect(
            account=login.host.partition(_DOMAIN)[0],
            host=login.host,
            port=login.port,
            user=login.secret["username"],
            login_timeout=_SECONDS,
            session_parameters={"TIMEZONE": "UTC", "CLIENT_TELEMETRY_ENABLED": False},
            **way,
            **given,
        )

    def column(self, described: Sequence[Any]) -> ResultColumn:
        """Return the column. A NUMBER without decimal places, as Snowflake's INT, is an integer."""
        name, code, _, _, precision, scale, *_ = described
        type_name, kind = _TYPES.get(code, (f"number {code}", None))
        if code == _FIXED:
            return ResultColumn(
                name=name,
                type=f"{type_name}({precision},{scale})",
                kind="integer" if scale == 0 else kind,
                precision=precision,
                scale=scale,
            )
        return ResultColumn(name=name, type=type_name, kind=kind)


CONNECTOR = Snowflake()
