"""The SageMaker Runtime API: InvokeEndpoint.

Requests bypass moto's dispatcher, because it takes longer than the prediction of a small model.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.sagemaker.models import sagemaker_backends
from werkzeug.datastructures import EnvironHeaders
from werkzeug.exceptions import HTTPException

from local_cloud.context import ACCOUNT_ID
from local_cloud.faults.admission import admit
from local_cloud.sagemaker.endpoints.endpoint_metrics import EndpointInvocation
from local_cloud.sagemaker.endpoints.endpoint_store import EndpointStore
from local_cloud.sagemaker.endpoints.production_variants import LOG_GROUP, Variant, VariantSet
from local_cloud.sagemaker.hosting import HostResponse, HostTerminated

# The limit of BodyBlob, the payload in the API's model.
MAX_BYTES = 6_291_456
_PATH = re.compile(r"/endpoints/(?P<name>[^/]+)/invocations")
_PREFIX = "X-Amzn-SageMaker-"
# Headers for features that the laptop cloud does not support.
_EXTRAS = (
    *("Target-Model", "Target-Container-Hostname", "Enable-Explanations", "Inference-Component"),
    "Session-Id",
)
_CHUNK_BYTES = 65_536


@dataclass(frozen=True)
class Reply:
    """The response to the client."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Refused(Exception):
    """A request is rejected, with this status, error code and members of the body."""

    def __init__(self, status: int, code: str, message: str, **members: Any) -> None:
        super().__init__(message)
        body = json.dumps({"Message": message, **members}).encode()
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
        self.reply = Reply(status, headers, body)


def is_runtime(path: str) -> bool:
    """Return whether a path is that of InvokeEndpoint, the only supported operation."""
    return path.startswith("/endpoints/") and _PATH.fullmatch(path) is not None


def invoke(environ: dict[str, Any]) -> Reply:
    """Respond to a request whose path belongs to this API."""
    started = time.perf_counter()
    body = _body(environ)
    call = _Call(environ)
    try:
        call.authorize()
        return _invoked(call, body, started)
    except Refused as refused:
        return refused.reply


class _Call:
    """A request, with the attributes of moto's responses that the permission check reads."""

    current_account = ACCOUNT_ID
    service_name = "sagemaker"
    automated_parameter_parsing = True

    def __init__(self, environ: dict[str, Any]) -> None:
        matched = _PATH.fullmatch(environ["PATH_INFO"])
        assert matched is not None
        self.headers = EnvironHeaders(environ)
        self.endpoint = matched["name"]
        self.querystring: Mapping[str, list[str]] = {}
        credential = self.headers.get("Authorization", "").partition("Credential=")[2]
        parts = credential.split(",")[0].split("/")
        self.region = parts[2] if len(parts) > 2 else ""

    def option(self, name: str) -> str | None:
        """Return the value of a header of the API."""
        return self.headers.get(f"{_PREFIX}{name}")

    def authorize(self) -> None:
        """Raise `Refused` if the caller may not invoke the endpoint."""
        if not self.region:
            message = "The request has no credentials: sign it."
            raise Refused(403, "MissingAuthenticationTokenException", message)
        try:
            admit(self, type(self))
        except HTTPException as error:
            message = str(getattr(error, "message", error))
            raise Refused(403, "AccessDeniedException", message) from error

    def _get_action(self) -> str:
        return "InvokeEndpoint"

    def _get_param(self, name: str) -> str | None:
        return self.endpoint if name == "EndpointName" else None


def _invoked(call: _Call, body: bytes | None, started: float) -> Reply:
    _check(call, body)
    assert body is not None
    store: EndpointStore = sagemaker_backends[ACCOUNT_ID][call.region].hosting
    variant_set, variant = _route(store, call)
    content_type = call.headers.get("Content-Type")
    forwarded = time.perf_counter()
    answer = _invoke_model(variant, call, body, content_type)
    answered = time.perf_counter()
    store.metrics.record(
        EndpointInvocation(
            endpoint=call.endpoint,
            variant=variant.name,
            config=variant_set.config_name,
            status=answer.status,
            model_seconds=answered - forwarded,
            overhead_seconds=(forwarded - started) + (time.perf_counter() - answered),
            instances=variant.fleet.count,
        )
    )
    if not 200 <= answer.status < 300:
        raise _model_error(call, answer)
    store.capture.take(
        variant_set.capture,
        endpoint=call.endpoint,
        variant=variant.name,
        role_arn=variant.fleet.model.role_arn,
        body=body,
        content_type=content_type,
        answer=answer,
        inference_id=call.option("Inference-Id"),
    )
    return Reply(200, _headers(answer, variant), answer.body)


def _check(call: _Call, body: bytes | None) -> None:
    if body is None:
        message = f"HTTP content length exceeded {MAX_BYTES} bytes."
        raise Refused(413, "413", message)
    for name in _EXTRAS:
        if call.option(name):
            raise Refused(
                400, "ValidationError", f"{_PREFIX}{name} is not supported here; leave it out."
            )


def _route(store: EndpointStore, call: _Call) -> tuple[VariantSet, Variant]:
    endpoint = store.endpoints.get(call.endpoint)
    if endpoint is None or endpoint.live is None:
        raise Refused(
            400,
            "ValidationError",
            f"Endpoint {call.endpoint} of account {ACCOUNT_ID} not found.",
        )
    target = call.option("Target-Variant")
    found = endpoint.route(target)
    if found is None:
        raise Refused(
            400, "ValidationError", f"Variant {target} not found for endpoint {call.endpoint}."
        )
    return found


def _invoke_model(
    variant: Variant, call: _Call, body: bytes, content_type: str | None
) -> HostResponse:
    try:
        return variant.fleet.invoke(
            body,
            content_type=content_type,
            accept=call.headers.get("Accept"),
            attributes=call.option("Custom-Attributes"),
        )
    except HostTerminated as error:
        return HostResponse(
            status=503,
            body=f"The model did not respond: {error}.".encode(),
            content_type="text/plain",
        )


def _headers(answer: HostResponse, variant: Variant) -> dict[str, str]:
    headers = {
        "Content-Type": answer.content_type,
        "x-Amzn-Invoked-Production-Variant": variant.name,
    }
    if answer.custom_attributes:
        headers[f"{_PREFIX}Custom-Attributes"] = answer.custom_attributes
    return headers


def _model_error(call: _Call, answer: HostResponse) -> Refused:
    """Return the service's ModelError with the container's status and body, and its log group."""
    side = "client" if answer.status < 500 else "server"
    original_message = answer.body.decode(errors="replace")
    group = f"{LOG_GROUP}/{call.endpoint}"
    return Refused(
        424,
        "ModelError",
        f"Received {side} error ({answer.status}) from primary with message "
        f'"{original_message}". See the log '
        f"group {group} in account {ACCOUNT_ID} for more information.",
        OriginalStatusCode=answer.status,
        OriginalMessage=original_message,
        LogStreamArn=f"arn:aws:logs:{call.region}:{ACCOUNT_ID}:log-group:{group}",
    )


def _body(environ: dict[str, Any]) -> bytes | None:
    """Return the request's body, or None if it is too large. The body is always read completely."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length <= MAX_BYTES:
        body: bytes = environ["wsgi.input"].read(length)
        return body
    for position in range(0, length, _CHUNK_BYTES):
        environ["wsgi.input"].read(min(_CHUNK_BYTES, length - position))
    return None


def respond(reply: Reply, start_response: Any) -> Iterable[bytes]:
    """Return the reply as a WSGI response."""
    headers = [*reply.headers.items(), ("Content-Length", str(len(reply.body)))]
    start_response(f"{reply.status} {_PHRASES.get(reply.status, 'Error')}", headers)
    return [reply.body]


_PHRASES = {200: "OK", 400: "Bad Request", 403: "Forbidden", 424: "Failed Dependency"}
