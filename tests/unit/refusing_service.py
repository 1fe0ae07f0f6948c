"""A service that throttles a given number of requests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import botocore.endpoint
import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

_THROTTLED = '{"__type": "ThrottlingException", "message": "Rate exceeded"}'
_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "any",
    "AWS_SECRET_ACCESS_KEY": "any",
}


@dataclass
class RefusingService:
    """Throttles the next `refusals` requests, and returns `answer` for later requests.

    `asked` is the number of requests, `pauses` are the seconds that callers wait between requests.
    """

    answer: str
    refusals: int = 0
    asked: int = 0
    pauses: list[float] = field(default_factory=list)

    def respond(self, _request: Request) -> Response:
        self.asked += 1
        if self.asked > self.refusals:
            return Response(self.answer, content_type="application/x-amz-json-1.1")
        return Response(_THROTTLED, status=400, content_type="application/x-amz-json-1.1")


@contextmanager
def refusing_service(monkeypatch: pytest.MonkeyPatch, answer: str) -> Iterator[RefusingService]:
    """Start a service that all boto3 clients use within the block. Pauses are skipped."""
    service = RefusingService(answer)
    server = make_server("127.0.0.1", 0, Request.application(service.respond), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    for name, value in _ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(botocore.endpoint.time, "sleep", service.pauses.append)
    try:
        yield service
    finally:
        monkeypatch.undo()
        server.shutdown()
        thread.join()
        server.server_close()
