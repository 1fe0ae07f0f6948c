"""The HTTP server of the laptop cloud: waitress, on the loopback interface.

waitress receives complete requests before one of its threads handles them, so a slow client holds
a connection but no thread. Connections are kept alive.
https://docs.pylonsproject.org/projects/waitress/en/stable/arguments.html
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, get_header_lines
from waitress.server import create_server
from waitress.task import WSGITask

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# WSGI key: closes the connection of the request without a response.
HANG_UP = "laptop.hang_up"
# A thread waits while a function runs, and the function's own calls need further threads.
_THREADS = 100
# Below the usual limit of open files of a process, which is 1,024.
_CONNECTIONS = 500
# A connection without traffic for this time is closed, also if its request is incomplete.
_IDLE_SECONDS = 60
_CLEANUP_SECONDS = 10
_GIBIBYTE = 1024**3
# The largest object of one PutObject.
_MAX_BODY_BYTES = 5 * _GIBIBYTE
# Larger bodies are in temporary files, which waitress does not close if a connection is lost.
_MEMORY_BYTES = 64 * 1024**2
_STOP_SECONDS = 5


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress publishes no types
    """Corrects waitress' parser for requests to S3.

    waitress drops headers with underscores, such as the metadata `x-amz-meta-a_b`.
    """

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        self.preserved_names: dict[str, str] = {}
        if self.body_rcv is None:
            # waitress would wait forever for the body of an empty request with `Expect`.
            self.expect_continue = False
        if b"_" not in header_plus:
            return
        for line in get_header_lines(header_plus.partition(b"\r\n")[2]):
            name, _, value = line.decode("latin-1").partition(":")
            key = environ_key_for_header(name).removeprefix("HTTP_")
            if should_preserve_original_header_name(name) and key not in self.headers:
                self.headers[key] = value.strip(" \t")
                self.preserved_names[f"HTTP_{key}"] = name


class _Task(WSGITask):  # type: ignore[misc]
    """Adds what the services need to the environment, and does not change names of headers."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        # waitress removes slashes at the start of a path, which are part of an S3 key.
        environ["PATH_INFO"] = self.request.path
        environ["RAW_URI"] = self.request.request_uri
        environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = self.request.preserved_names
        environ[HANG_UP] = self._hang_up
        return environ

    def build_response_header(self) -> bytes:
        """Write the names of AWS' headers in lower case: the keys of S3 metadata have this case."""
        lines = super().build_response_header().split(b"\r\n")
        return b"\r\n".join(_lower_name(line) for line in lines)

    def _hang_up(self) -> None:
        # The client may have closed the connection already.
        with suppress(OSError):
            self.channel.socket.shutdown(SHUT_RDWR)


def _lower_name(line: bytes) -> bytes:
    name, colon, value = line.partition(b":")
    return name.lower() + colon + value if line.startswith(b"X-Amz-") else line


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _Parser
    task_class = _Task


class HttpServer:
    """A running HTTP server on 127.0.0.1. `port` 0 means a free port."""

    def __init__(self, application: Application, port: int) -> None:
        logging.getLogger("waitress").setLevel(logging.WARNING)
        self._server = create_server(
            application,
            host="127.0.0.1",
            port=port,
            threads=_THREADS,
            connection_limit=_CONNECTIONS,
            channel_timeout=_IDLE_SECONDS,
            cleanup_interval=_CLEANUP_SECONDS,
            max_request_body_size=_MAX_BODY_BYTES,
            # A response is stored in full, so that no thread waits for a client that reads slowly.
            outbuf_high_watermark=_MAX_BODY_BYTES,
            inbuf_overflow=_MEMORY_BYTES,
            outbuf_overflow=_MEMORY_BYTES,
            asyncore_use_poll=True,
            ident="laptop",
        )
        self._server.channel_class = _Channel
        self.port = int(self._server.effective_port)
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, name="http-server", daemon=True)

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, and close all connections."""
        self._stopping = True
        self._server.pull_trigger()
        self._thread.join()
        self._server.task_dispatcher.shutdown(timeout=_STOP_SECONDS)
        wasyncore.close_all(self._server._map, ignore_all=True)

    def _serve(self) -> None:
        while not self._stopping:
            wasyncore.loop(timeout=1.0, use_poll=True, map=self._server._map, count=1)
