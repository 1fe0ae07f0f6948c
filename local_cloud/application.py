"""The WSGI application: the services behind their gate, and the paths of the commands."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from local_cloud import response_urls
from local_cloud.api_gate.gate import Gate
from local_cloud.authentication.authenticator import Authenticator
from local_cloud.authentication.caller import caller_signature
from local_cloud.authorization.permissions_report import report
from local_cloud.client import (
    ACTIONS_PATH,
    CONTROL,
    EXISTING_PATH,
    FAULTS_PATH,
    HEALTH_PATH,
    PERMISSIONS_PATH,
    RULES_PATH,
    TOKEN_HEADER,
    TYPES_PATH,
)
from local_cloud.context import SERVER_AGENT
from local_cloud.emr.s3_files import web_hdfs
from local_cloud.errors import LocalCloudError
from local_cloud.events import fire
from local_cloud.events.event_bus import RuleNotFired
from local_cloud.faults.fault_requests import changed
from local_cloud.faults.fault_responses import respond
from local_cloud.redshift import run_scheduled_action
from local_cloud.redshift.api.scheduled_actions import ActionNotRun
from local_cloud.resources.base import ServiceResource
from local_cloud.resources.existing import create_missing
from local_cloud.resources.type_registry import UnsupportedTypes, check_types
from local_cloud.server_secrets import ServerSecrets
from local_cloud.start_page import is_from_browser, start_page

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
# Returns when everything that happened before is saved.
Settle = Callable[..., None]
_TOKEN_KEY = "HTTP_" + TOKEN_HEADER.upper().replace("-", "_")


class Application:
    """Passes authenticated AWS requests to the gate, and responds to the `laptop` commands.

    Failures of the laptop cloud are recorded, and `deploy` reports them.
    """

    def __init__(self, secrets: ServerSecrets) -> None:
        self.faults: list[str] = []
        self.interrupted: list[str] = []
        # Called before a response to the administrator.
        self.settle: Settle = _keep_nothing
        self._administrator = secrets.access_key_id
        self._token = secrets.control_token.encode()
        self._authenticator = Authenticator(secrets)
        self._gate = Gate(self.faults.append, self._settle)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to one request."""
        path = environ["PATH_INFO"]
        if path.startswith(response_urls.PATH):
            return _receive(environ, start_response)
        if path.startswith(web_hdfs.PATH):
            return web_hdfs.respond(environ, start_response)
        if path.startswith(CONTROL):
            return self._command(path, environ, start_response)
        if is_from_browser(environ):
            return _page(start_response, start_page(ServiceResource.cloud))
        refusal = self._authenticator.refusal(environ)
        if refusal is not None:
            return refusal(environ, start_response)
        return respond(self._gate, environ, start_response)

    def _settle(self, environ: Environ, is_change: bool) -> None:
        """Save, if the administrator sent the request, and not a thread of this server."""
        signature = caller_signature()
        is_administrator = signature is not None and signature.access_key == self._administrator
        if is_administrator and SERVER_AGENT not in environ.get("HTTP_USER_AGENT", ""):
            self.settle(is_change=is_change)

    def _command(
        self, path: str, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            return _answer(start_response, {"error": "the method must be POST"}, "405 Not Allowed")
        if not hmac.compare_digest(environ.get(_TOKEN_KEY, "").encode(), self._token):
            wrong = f"the header {TOKEN_HEADER} does not have the token of this server"
            return _answer(start_response, {"error": wrong}, "403 Forbidden")
        result = self._result(path, json.loads(_body(environ)))
        if result is None:
            return _answer(start_response, {"error": f"{path} is no command"}, "404 Not Found")
        return _answer(start_response, result)

    def _result(self, path: str, document: Any) -> dict[str, Any] | None:
        if path == HEALTH_PATH:
            return {"pid": os.getpid(), "faults": self.faults, "interrupted": self.interrupted}
        if path == PERMISSIONS_PATH:
            return report()
        if path == TYPES_PATH:
            return {"refused": _refused(document)}
        if path == EXISTING_PATH:
            return _create_existing(document)
        if path.startswith(RULES_PATH):
            return _fired(path.removeprefix(RULES_PATH))
        if path.startswith(ACTIONS_PATH):
            return _run_action(path.removeprefix(ACTIONS_PATH))
        if path.startswith(FAULTS_PATH):
            return changed(path.removeprefix(FAULTS_PATH), document)
        return None


def _keep_nothing(*, is_change: bool) -> None:
    """Do nothing: the state of this server is not saved."""


def _receive(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Receive the response of a custom resource."""
    token = environ["PATH_INFO"].removeprefix(response_urls.PATH)
    is_put = environ["REQUEST_METHOD"] == "PUT"
    accepted = is_put and response_urls.RESPONSE_URLS.put(token, _body(environ))
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


def _create_existing(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """Create the missing ones of existing resources; return their ids, or why it did not."""
    try:
        return {"created": create_missing(ServiceResource.cloud, resources)}
    except LocalCloudError as error:
        return {"error": str(error)}


def _fired(rule: str) -> dict[str, Any]:
    """Fire a rule and return its deliveries, or the error why it did not fire."""
    try:
        return {"deliveries": [asdict(delivery) for delivery in fire(rule)]}
    except RuleNotFired as error:
        return {"error": str(error)}


def _run_action(name: str) -> dict[str, Any]:
    """Run a scheduled action of Redshift, which is shown as a delivery."""
    try:
        return {"deliveries": [run_scheduled_action(name)]}
    except ActionNotRun as error:
        return {"error": str(error)}


def _page(start_response: StartResponse, page: str) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [page.encode()]


def _body(environ: Environ) -> bytes:
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return body


def _answer(
    start_response: StartResponse, document: dict[str, Any], status: str = "200 OK"
) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(document).encode()]
