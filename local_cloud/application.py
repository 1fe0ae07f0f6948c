"""The WSGI application: moto's dispatcher, a health page and a memory of every server fault."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from local_cloud import response_urls
from local_cloud.authorization.permissions_report import report
from local_cloud.client import FAULTS_PATH, HEALTH_PATH, PERMISSIONS_PATH, RULES_PATH, TYPES_PATH
from local_cloud.events import fire
from local_cloud.events.event_bus import UnknownRule
from local_cloud.faults.fault_requests import changed
from local_cloud.faults.fault_responses import respond
from local_cloud.resources.type_registry import UnsupportedTypes, check_types
from local_cloud.sagemaker.endpoints import sagemaker_runtime

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class Application(DomainDispatcherApplication):  # type: ignore[misc]  # moto is untyped here
    """moto's services by host name and credential scope.

    moto answers 500 where it meets something it cannot do, and clients such as the CDK CLI may
    go on as if nothing had happened. So each 5xx is kept, and `deploy` asks for them.
    """

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self.faults: list[str] = []

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ["PATH_INFO"] == HEALTH_PATH:
            return self._health(start_response)
        if environ["PATH_INFO"].startswith(response_urls.PATH):
            return _receive(environ, start_response)
        if environ["PATH_INFO"] == PERMISSIONS_PATH:
            return _answer(start_response, report())
        if environ["PATH_INFO"] == TYPES_PATH:
            return _answer(start_response, {"refused": _refused(json.loads(_body(environ)))})
        if environ["PATH_INFO"].startswith(RULES_PATH):
            rule = environ["PATH_INFO"].removeprefix(RULES_PATH)
            return _answer(start_response, _fired(rule))
        if environ["PATH_INFO"] == FAULTS_PATH:
            return _answer(start_response, changed(environ["REQUEST_METHOD"], _body(environ)))
        return respond(self._serve, environ, start_response)

    def _serve(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """A request to a service of AWS."""
        if sagemaker_runtime.is_runtime(environ["PATH_INFO"]):
            return sagemaker_runtime.respond(sagemaker_runtime.invoke(environ), start_response)
        answer: Iterable[bytes] = _Watched(self, environ, start_response).run(super().__call__)
        return answer

    def _health(self, start_response: StartResponse) -> Iterable[bytes]:
        return _answer(start_response, {"pid": os.getpid(), "faults": self.faults})


def _receive(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """An answer of a custom resource."""
    token = environ["PATH_INFO"].removeprefix(response_urls.PATH)
    accepted = response_urls.RESPONSE_URLS.put(token, _body(environ))
    start_response("200 OK" if accepted else "404 Not Found", [("Content-Length", "0")])
    return [b""]


def _refused(stacks: dict[str, dict[str, str]]) -> list[str]:
    """What of these stacks (name → logical id → type) cannot be made, one line per stack."""
    refused = []
    for name, types in stacks.items():
        try:
            check_types(types, where=name)
        except UnsupportedTypes as error:
            refused.append(str(error))
    return refused


def _fired(rule: str) -> dict[str, Any]:
    """The deliveries of a rule that is fired now, or the error that there is none."""
    try:
        return {"deliveries": [asdict(delivery) for delivery in fire(rule)]}
    except UnknownRule as error:
        return {"error": str(error)}


def _body(environ: Environ) -> bytes:
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return body


def _answer(start_response: StartResponse, document: dict[str, Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(document).encode()]


class _Watched:
    """One request, whose failure is recorded with what was asked."""

    def __init__(
        self, application: Application, environ: Environ, start_response: StartResponse
    ) -> None:
        self._application = application
        self._environ = environ
        self._start_response = start_response

    def run(self, handler: Callable[[Environ, StartResponse], Any]) -> Iterable[bytes]:
        try:
            answer: Iterable[bytes] = handler(self._environ, self._start)
        except Exception as error:  # the edge of the server: log, remember, and let it answer 500
            logger.exception("%s failed", self._request())
            self._record(f"{type(error).__name__}: {error}")
            raise
        return answer

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        if status.startswith("5"):
            self._record(status)
        return self._start_response(status, headers, exc_info)

    def _record(self, what: str) -> None:
        self._application.faults.append(f"{self._request()}: {what}")

    def _request(self) -> str:
        environ = self._environ
        target = environ.get("HTTP_X_AMZ_TARGET") or _service(environ)
        return f"{target} {environ['REQUEST_METHOD']} {environ['PATH_INFO']}"


def _service(environ: Environ) -> str:
    """The service in the credential scope `…/region/service/aws4_request`."""
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0]
    parts = scope.split("/")
    return parts[3] if len(parts) == 5 else "unsigned"
