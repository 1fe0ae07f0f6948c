"""Handles requests that a fault affects: returns an error, delays the response, or omits it."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from local_cloud.faults import admission
from local_cloud.faults.caller_process import kill_caller
from local_cloud.faults.error_responses import fault_response
from local_cloud.faults.fault import Fault, Operation
from local_cloud.faults.fault_registry import FAULTS

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Handler = Callable[[Environ, StartResponse], Iterable[bytes]]


def respond(handler: Handler, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Call the handler, unless a fault affects the request."""
    if FAULTS.empty:
        return handler(environ, start_response)
    admission.begin()
    started: list[tuple[Any, ...]] = []
    body = handler(environ, lambda *arguments: started.append(arguments))
    triggered = admission.triggered()
    if triggered is not None and triggered[1].kind != "slow":
        return _fault_response(*triggered, environ, start_response)
    if triggered is not None:
        time.sleep(triggered[1].seconds)
    start_response(*started[-1])
    return body


def _fault_response(
    operation: Operation, fault: Fault, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    logger.info("fault %s: %s by %s", fault.kind, operation.action, operation.role)
    if fault.kind in ("throttle", "error"):
        return fault_response(fault.kind, operation.action, environ)(environ, start_response)
    if fault.kind == "crash":
        kill_caller(environ)
    elif fault.kind == "time_out":
        time.sleep(fault.seconds)
    _close_connection(environ["werkzeug.socket"])
    start_response("500 Internal Server Error", [("Content-Length", "0")])
    return [b""]


def _close_connection(connection: socket.socket) -> None:
    # The caller may have closed the connection already.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
