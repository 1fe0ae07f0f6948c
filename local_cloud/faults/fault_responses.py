"""Handles requests that a fault affects: returns an error, delays the response, or omits it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from local_cloud.faults import admission
from local_cloud.faults.caller_process import kill_caller
from local_cloud.faults.error_responses import fault_response
from local_cloud.faults.fault import Fault, Operation
from local_cloud.faults.fault_registry import FAULTS
from local_cloud.http_server import HANG_UP

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Handler = Callable[[Environ, StartResponse], Iterable[bytes]]


def respond(handler: Handler, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Call the handler, unless a fault affects the request."""
    accepts_faults = not FAULTS.empty
    admission.begin(accepts_faults=accepts_faults)
    if not accepts_faults:
        return handler(environ, start_response)
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
    environ[HANG_UP]()
    start_response("500 Internal Server Error", [("Content-Length", "0")])
    return [b""]
