"""What a connector tells about a database: its driver, its login and its types of columns.

A driver follows the Python Database API (https://peps.python.org/pep-0249/). Connectors use only
the standard library, because definitions are compiled without the packages of jobs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

Kind = Literal[
    "boolean", "integer", "decimal", "float", "text", "date", "timestamp", "timestamp with zone"
]
# The value of a setting without a default.
REQUIRED = None


@dataclass(frozen=True, kw_only=True)
class Login:
    """Where a database is, and how a job logs in.

    `settings` are those of the connector, with their defaults. `secret` is the content of the
    secret; it has the keys of one of `Connector.secrets`.
    """

    host: str
    port: int
    settings: Mapping[str, str]
    secret: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ResultColumn:
    """A column of a result. `type` is its name in the database, `kind` is None if unsupported.

    A decimal has a precision and a scale, unless the database does not limit them.
    """

    name: str
    type: str
    kind: Kind | None
    precision: int | None = None
    scale: int | None = None


class Connector(ABC):
    """One kind of database. Its file in this folder has the constant `CONNECTOR`."""

    title: ClassVar[str]
    """The name of the product, for messages."""
    package: ClassVar[str]
    """The name of the driver in requirements.txt."""
    module: ClassVar[str]
    """The module of the driver."""
    settings: ClassVar[Mapping[str, str | None]]
    """Name of a setting -> its default, or REQUIRED."""
    secrets: ClassVar[tuple[tuple[str, ...], ...]]
    """The keys that a secret must have: all keys of one of these lists."""

    @abstractmethod
    def connect(self, driver: Any, login: Login) -> Any:
        """Return a connection of the driver's module, whose zone of times is UTC."""

    def cursor(self, connection: Any) -> Any:
        """Return a cursor that reads rows from the database as `fetchmany` requests them."""
        return connection.cursor()

    @abstractmethod
    def column(self, described: Sequence[Any]) -> ResultColumn:
        """Return the column of an element of the cursor's `description`."""
