"""The WSGI application in front of the services: performs an operation, or rejects it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any

from flask import Flask
from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.datastructures import Headers
from werkzeug.test import run_wsgi_app

from local_cloud.api_gate.protocols import CONTENT_TYPES, Protocol
from local_cloud.api_gate.refusals import failure, not_implemented, refusal
from local_cloud.api_gate.requested_operation import RequestedOperation, requested_operation
from local_cloud.api_gate.supported_operations import own_operations, supported_services
from local_cloud.moto_lock import MOTO
from local_cloud.persistence.changes import CHANGES, is_change
from local_cloud.sagemaker.endpoints import sagemaker_runtime

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Record = Callable[[str], None]
Settle = Callable[[Environ, bool], None]

_FLASK_DEFAULT = "text/html; charset=utf-8"
_PAGE = (b"<!doctype html", b"<html")


class Gate:
    """Responds to requests to AWS services, and passes each failure of this cloud to `record`.

    The failures are recorded because clients such as the CDK CLI may ignore a failed call.
    `settle(environ, is_change)` is called before the response to a request that was performed.
    """

    def __init__(self, record: Record, settle: Settle) -> None:
        self._record = record
        self._settle = settle
        self._services: dict[str, Flask] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to a request to an AWS service."""
        if sagemaker_runtime.is_runtime(environ["PATH_INFO"]):
            return sagemaker_runtime.respond(sagemaker_runtime.invoke(environ), start_response)
        requested = requested_operation(environ, supported_services())
        refused = refusal(requested)
        if refused is not None:
            logger.warning("refused: %s %s", requested.service, requested.operation)
            return refused(environ, start_response)
        return self._carry_out(requested, environ, start_response)

    def _carry_out(
        self, requested: RequestedOperation, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        try:
            body, status, headers = self._performed(requested, environ)
            self._settle(environ, is_change(requested.operation))
        except NotImplementedError as error:  # moto does not support the parameters
            return not_implemented(requested, str(error))(environ, start_response)
        except Exception as error:  # boundary of the server: log, record, and respond
            logger.exception("%s of %s failed", requested.operation, requested.service)
            self._record(f"{_named(requested)}: {type(error).__name__}: {error}")
            return failure(requested, error)(environ, start_response)
        if status.startswith("5"):
            self._record(f"{_named(requested)}: {status}")
        content = b"".join(body)
        if status >= "4" and content[:20].lower().startswith(_PAGE):
            return not_implemented(requested, f"moto answers {status}")(environ, start_response)
        start_response(status, _labelled(headers, requested.protocol, status))
        return [content]

    def _performed(
        self, requested: RequestedOperation, environ: Environ
    ) -> tuple[Iterable[bytes], str, Headers]:
        is_own = requested.operation in own_operations(requested.service)
        try:
            with nullcontext() if is_own else MOTO.held():
                return run_wsgi_app(self._service(requested.service), environ, buffered=True)
        finally:
            if is_change(requested.operation):
                CHANGES.mark(requested.service)

    def _service(self, name: str) -> Flask:
        with self._lock:
            if name not in self._services:
                self._services[name] = create_backend_app(name)
            return self._services[name]


def _labelled(headers: Headers, protocol: Protocol, status: str) -> list[tuple[str, str]]:
    """Return the headers with the protocol's content type in place of Flask's default (HTML).

    Only an object of a bucket can be HTML: its type is not changed.
    """
    is_object = protocol is Protocol.S3 and status < "4"
    if headers.get("Content-Type") == _FLASK_DEFAULT and not is_object:
        headers.set("Content-Type", CONTENT_TYPES[protocol])
    return headers.to_wsgi_list()


def _named(requested: RequestedOperation) -> str:
    return f"{requested.service}:{requested.operation}"
