"""Connections to a host's Unix socket, reused for later requests."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path

from local_cloud.sagemaker.hosting.host_responses import HostResponse, HostTerminated

CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
DEFAULT_TYPE = "application/octet-stream"


class _Connection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path, timeout_seconds: float) -> None:
        super().__init__("localhost", timeout=timeout_seconds)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket instead of a port."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class Connections:
    """A pool with one connection per concurrent request. Thread-safe."""

    def __init__(self, path: Path, *, timeout_seconds: float) -> None:
        self._path = path
        self._timeout_seconds = timeout_seconds
        self._idle: deque[_Connection] = deque()

    def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> HostResponse:
        """Send one request and return its response. Raises `HostTerminated`."""
        connection = self._acquire()
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = _read(connection.getresponse())
        except TimeoutError as error:
            connection.close()
            raise HostTerminated(f"no answer in {self._timeout_seconds:.0f} s") from error
        except (OSError, HTTPException) as error:
            connection.close()
            raise HostTerminated(f"the connection broke: {error}") from error
        self._idle.append(connection)
        return answer

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _acquire(self) -> _Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return _Connection(self._path, self._timeout_seconds)


def _read(response: HTTPResponse) -> HostResponse:
    body = response.read()
    return HostResponse(
        status=response.status,
        body=body,
        content_type=response.headers.get("Content-Type", DEFAULT_TYPE),
        custom_attributes=response.headers.get(CUSTOM_ATTRIBUTES),
    )
