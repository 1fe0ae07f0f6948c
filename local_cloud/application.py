"""The WSGI application: the gate to the services, a health page, and a record of failures."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from local_cloud import response_urls
from local_cloud.api_gate.gate import Gate
from local_cloud.authorization.permissions_report import report
from local_cloud.client import FAULTS_PATH, HEALTH_PATH, PERMISSIONS_PATH, RULES_PATH, TYPES_PATH
from local_cloud.events import fire
from local_cloud.events.event_bus import RuleNotFired
from local_cloud.faults.fault_requests import changed
from local_cloud.faults.fault_responses import respond
from local_cloud.resources.type_registry import UnsupportedTypes, check_types

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class Application:
    """Passes AWS requests to the gate, and responds to the requests of the `laptop` commands.

    Failures of the laptop cloud are recorded, and `deploy` reports them.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._gate = Gate(self.faults.append)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to one request."""
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
        return respond(self._gate, environ, start_response)

    def _health(self, start_response: StartResponse) -> Iterable[bytes]:
        return _answer(start_response, {"pid": os.getpid(), "faults": self.faults})


def _receive(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Receive the response of a custom resource."""
    token = environ["PATH_INFO"].removeprefix(response_urls.PATH)
    accepted = response_urls.RESPONSE_URLS.put(token, _body(environ))
    start_response("200 OK" if accepted else "404 Not Found", [("Content-Length", "0")])
    return [b""]


def _refused(stacks: dict[str, dict[str, str]]) -> list[str]:
    """Return the unsupported types in stacks (name → logical id → type), one line per stack."""
    refused = []
    for name, types in stacks.items():
        try:
            check_types(types, where=name)
        except UnsupportedTypes as error:
            refused.append(str(error))
    return refused


def _fired(rule: str) -> dict[str, Any]:
    """Fire a rule and return its deliveries, or the error why it did not fire."""
    try:
        return {"deliveries": [asdict(delivery) for delivery in fire(rule)]}
    except RuleNotFired as error:
        return {"error": str(error)}


def _body(environ: Environ) -> bytes:
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return body


def _answer(start_response: StartResponse, document: dict[str, Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(document).encode()]
