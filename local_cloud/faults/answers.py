"""What a request is answered that a fault has struck: an error, nothing, or late."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from local_cloud.faults import admission
from local_cloud.faults.callers import kill_caller
from local_cloud.faults.desk import FAULTS
from local_cloud.faults.errors import error_answer
from local_cloud.faults.fault import Asked, Fault

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Handler = Callable[[Environ, StartResponse], Iterable[bytes]]


def respond(handler: Handler, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Let the handler answer, unless a fault strikes."""
    if FAULTS.empty:
        return handler(environ, start_response)
    admission.begin()
    started: list[tuple[Any, ...]] = []
    body = handler(environ, lambda *arguments: started.append(arguments))
    struck = admission.struck()
    if struck is not None and struck[1].kind != "slow":
        return _spoilt(*struck, environ, start_response)
    if struck is not None:
        time.sleep(struck[1].seconds)
    start_response(*started[-1])
    return body


def _spoilt(
    asked: Asked, fault: Fault, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    logger.info("fault %s: %s by %s", fault.kind, asked.action, asked.role)
    if fault.kind in ("throttle", "error"):
        error = error_answer(fault.kind, asked.action, environ)
        headers = [("Content-Type", error.content_type), ("x-amzn-ErrorType", error.code)]
        start_response(error.status, [*headers, ("Content-Length", str(len(error.body)))])
        return [error.body]
    if fault.kind == "crash":
        kill_caller(environ)
    elif fault.kind == "time_out":
        time.sleep(fault.seconds)
    _hang_up(environ["werkzeug.socket"])
    start_response("500 Internal Server Error", [("Content-Length", "0")])
    return [b""]


def _hang_up(connection: socket.socket) -> None:
    # The caller may have gone first.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
