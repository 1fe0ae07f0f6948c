"""Rejects the requests of web pages, before anything else sees them.

A browser sends a page's requests to any address, also to this machine. It adds the header `Origin`,
or asks with OPTIONS first. A page whose name resolves to 127.0.0.1 (DNS rebinding) sends its own
name as `Host`. https://fetch.spec.whatwg.org/#http-requests
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Handler = Callable[[Environ, StartResponse], Iterable[bytes]]

_CORS_PREFIX = "access-control-"
_MOTO_API = "/moto-api/"


class RequestFilter:
    """A WSGI application that passes a request on only if it cannot be from a web page."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Respond with 403 or pass the request on, and remove all CORS headers of the response."""
        reason = _reason(environ)
        if reason is not None:
            body = f"{reason}\n".encode()
            headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
            start_response("403 Forbidden", headers)
            return [body]

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            kept = [(name, value) for name, value in headers if not _is_cors(name)]
            return start_response(status, kept, *more)

        return self._handler(environ, start)


def _reason(environ: Environ) -> str | None:
    if "HTTP_ORIGIN" in environ:
        return (
            "The laptop cloud rejects requests of web pages: the request has the header Origin "
            f"({environ['HTTP_ORIGIN']!r})."
        )
    if environ["REQUEST_METHOD"] == "OPTIONS":
        return "The laptop cloud rejects requests of web pages: the method OPTIONS is not allowed."
    if not _is_local(environ.get("HTTP_HOST", ""), environ["SERVER_PORT"]):
        return (
            f"The header Host is {environ.get('HTTP_HOST')!r}: the laptop cloud is 127.0.0.1, "
            f"localhost or a name below localhost, without a port or with {environ['SERVER_PORT']}."
        )
    if f"{environ['PATH_INFO']}/".startswith(_MOTO_API):
        return f"The paths of {_MOTO_API} do not exist in the laptop cloud."
    return None


def _is_local(host: str, port: str) -> bool:
    name = host.removesuffix(f":{port}").lower()
    return name in ("127.0.0.1", "localhost") or name.endswith(".localhost")


def _is_cors(name: str) -> bool:
    return name.lower().startswith(_CORS_PREFIX)
