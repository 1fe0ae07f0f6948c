"""The first process in the PID namespace of a container: starts the program and waits for it.

usage: container_init.py SOCKET COMMAND...

The program is a fork of the template that listens on SOCKET, or a new process if the template
does not give one. Only modules of the standard library are imported: this file is run without
site-packages.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from pathlib import Path

_STANDARD_STREAMS = (0, 1, 2)


class Init:
    """The process that has the program as a child."""

    def __init__(self) -> None:
        self._forked: int | None = None
        self._is_terminated = False
        signal.signal(signal.SIGTERM, self._terminate)

    def run(self, path: str, command: list[str]) -> int:
        """Return the exit code of the program, or 128 + n if signal n ended it."""
        self._forked = _fork(path, command)
        if self._is_terminated:
            self._terminate()
        program = self._forked or os.spawnvp(os.P_NOWAIT, command[0], command)
        while True:
            process, status = os.wait()
            if process == program:
                code = os.waitstatus_to_exitcode(status)
                return 128 - code if code < 0 else code

    def _terminate(self, *_: object) -> None:
        # A new process is in the group of this one, which was sent the signal. A fork is not.
        self._is_terminated = True
        if self._forked is not None:
            os.killpg(self._forked, signal.SIGTERM)


def _fork(path: str, command: list[str]) -> int | None:
    """Return the fork, a child of this process; None if the template does not give one."""
    request = {"command": command, "environment": dict(os.environ), "folder": str(Path.cwd())}
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(path)
            socket.send_fds(connection, [b"\n"], _STANDARD_STREAMS)
            connection.sendall(json.dumps(request).encode())
            connection.shutdown(socket.SHUT_WR)
            response = connection.recv(16)
        except OSError:
            return None
    return int(response) if response else None


if __name__ == "__main__":
    sys.exit(Init().run(sys.argv[1], sys.argv[2:]))
