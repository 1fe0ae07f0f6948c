"""Loads the model, then answers /ping and /invocations."""

from __future__ import annotations

import os
import socketserver
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from .messages import Hosted, Reply, Request
from .user_module import PROGRAM


def main() -> int:
    """Serve the model in /opt/ml/model until the process is killed."""
    repository, path = sys.argv[2:4]
    hosted = _LOADERS[repository]()
    with Server(path, hosted) as server:
        server.serve_forever()
    return 0


class Server(socketserver.ThreadingUnixStreamServer):
    """A server with one thread per connection; connections stay open."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: str, hosted: Hosted) -> None:
        self.hosted = hosted
        super().__init__(path, Handler)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    # Send a reply in one piece.
    wbufsize = -1

    def do_GET(self) -> None:  # noqa: N802  # the name is the library's
        """Answer /ping with 200: the server only starts after the model is loaded."""
        status = 200 if self.path == "/ping" else 404
        self._send(Reply(status, b"", "application/json"))

    def do_POST(self) -> None:  # noqa: N802  # the name is the library's
        """Answer /invocations with the reply of the model."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/invocations":
            self._send(Reply(404, b"", "application/json"))
            return
        request = Request(body, self.headers.get("Content-Type"), self.headers.get("Accept"))
        self._send(self.server.hosted.invoke(request))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's
        """Disable the log line that the base class writes for each request."""

    def _send(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()


def _scikit_learn() -> Hosted:
    from .scikit_learn import ScikitLearn

    return ScikitLearn()


def _xgboost() -> Hosted:
    if PROGRAM not in os.environ:
        from .algorithm import Algorithm

        return Algorithm()
    from .xgboost import XGBoost

    return XGBoost()


_LOADERS: dict[str, Callable[[], Hosted]] = {
    "sagemaker-scikit-learn": _scikit_learn,
    "sagemaker-xgboost": _xgboost,
}
