"""The web server of the board. Only this machine reaches it, and it only reads.

A web page of another site must not use it with the credentials of the user. So the header Host
must name this machine (a name that resolves to 127.0.0.1 is rejected), a request of another site
is rejected, and no page contains a script or loads anything from elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from operations.board.site import Answer, Site

ADDRESS = "127.0.0.1"
# https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy. The
# graph of steps has its width in an attribute.
_POLICY = (
    "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
_TEXT = "text/plain; charset=utf-8"
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class BoardServer(ThreadingMixIn, WSGIServer):
    """The server: a thread for each connection, because browsers open some in advance."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Ignore a connection that the browser did not use or has closed."""


class _Handler(WSGIRequestHandler):
    # Seconds until the end of a connection without a request.
    timeout = 60

    def log_message(self, *_: Any) -> None:
        """Write no log: the terminal has the address of the board."""


def create_server(site: Site, port: int) -> BoardServer:
    """Return a server that listens on a port of this machine; 0 is any free port.

    Raises `OSError` if the port is in use.
    """
    server = make_server(ADDRESS, port, _unavailable, BoardServer, _Handler)
    server.set_app(application(site, server.server_port))
    return server


def application(site: Site, port: int) -> Application:
    """Return the WSGI application of the board at a port."""
    hosts = {f"{name}:{port}" for name in (ADDRESS, "localhost")}

    def respond(request: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        answer = _rejection(request, hosts) or site.answer(
            _path(request), dict(parse_qsl(request.get("QUERY_STRING", "")))
        )
        body = answer.content.encode("utf-8", "replace")
        length = ("Content-Length", str(len(body)))
        start(answer.status, [("Content-Type", answer.media_type), length, *_HEADERS])
        return [body]

    return respond


def _rejection(request: dict[str, Any], hosts: set[str]) -> Answer | None:
    method, host = request["REQUEST_METHOD"], request.get("HTTP_HOST", "")
    if host not in hosts:
        allowed = " or ".join(sorted(hosts))
        text = f"The header Host is {host!r}, allowed is {allowed}."
        return Answer("421 Misdirected Request", _TEXT, text)
    if request.get("HTTP_SEC_FETCH_SITE") == "cross-site":
        return Answer("403 Forbidden", _TEXT, "A page of another site sent this request.")
    if method != "GET":
        return Answer("405 Method Not Allowed", _TEXT, f"The method is {method!r}, allowed is GET.")
    return None


def _path(request: dict[str, Any]) -> str:
    """Return the path; WSGI has its bytes as Latin-1."""
    return str(request.get("PATH_INFO", "")).encode("latin-1").decode("utf-8", "replace") or "/"


def _unavailable(_request: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("503 Service Unavailable", [])
    return []
