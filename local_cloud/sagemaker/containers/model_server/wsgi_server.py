"""Serves a WSGI application on a Unix socket, as gunicorn serves it on a port."""

from __future__ import annotations

import io
import socketserver
import sys
import traceback
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_FAULT = "500 Internal Server Error"
_FAULT_HEADERS = [("Connection", "close"), ("Content-Type", "text/html")]
# The page that gunicorn returns if the application raises.
_FAULT_PAGE = (
    b"<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n  <body>\n"
    b"    <h1><p>Internal Server Error</p></h1>\n    \n  </body>\n</html>\n"
)


class Server(socketserver.ThreadingUnixStreamServer):
    """A server with one thread per connection. Connections are kept open."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: str, application: Application) -> None:
        self.application = application
        super().__init__(path, Handler)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    # Send a response in one piece.
    wbufsize = -1

    def do_GET(self) -> None:  # noqa: N802  # the name is the library's
        """Pass a request to the application."""
        try:
            status, headers, body = _called(self.server.application, self._environ())
        except Exception:  # as gunicorn does
            traceback.print_exc()
            status, headers, body = _FAULT, _FAULT_HEADERS, _FAULT_PAGE
        self._send(status, headers, body)

    do_POST = do_GET  # noqa: N815  # the name is the library's

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's
        """Disable the log line that the base class writes for each request."""

    def _environ(self) -> dict[str, Any]:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        sent = {
            f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()
        }
        typed = {"CONTENT_TYPE": sent.pop("HTTP_CONTENT_TYPE", None)}
        sent.pop("HTTP_CONTENT_LENGTH", None)
        return {
            **sent,
            **{name: value for name, value in typed.items() if value is not None},
            "CONTENT_LENGTH": str(len(body)),
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8080",
            "SERVER_PROTOCOL": self.request_version,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def _send(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        code, _, phrase = status.partition(" ")
        self.send_response_only(int(code), phrase)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def _called(
    application: Application, environ: dict[str, Any]
) -> tuple[str, list[tuple[str, str]], bytes]:
    """Call the application. Return the status, the headers and the body of its response."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        started.append((status, headers))

    chunks = application(environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()
    status, headers = started[-1]
    return status, headers, body
