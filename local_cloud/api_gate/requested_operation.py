"""Determines the service and the operation of a request.

The signature names the service. The protocol defines where the request names the operation.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from moto.core.request import Request
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound
from werkzeug.wsgi import get_input_stream

from local_cloud.api_gate.protocols import Protocol, request_protocol

# Signing name -> botocore's names of its services, if they differ from the signing name.
_SERVICES: Mapping[str, tuple[str, ...]] = {
    "elasticmapreduce": ("emr",),
    "monitoring": ("cloudwatch",),
    "sagemaker": ("sagemaker", "sagemaker-runtime", "sagemaker-featurestore-runtime"),
}
_SIGNED_IN_HEADER = re.compile(r"Credential=[^/,]+/\d{8}/[^/,]+/([^/,]+)/aws4_request")
_ACTION = re.compile(r"(?:^|&)Action=([^&]*)")


@dataclass(frozen=True)
class RequestedOperation:
    """The service, the operation and the protocol of a request.

    `service` is botocore's name; for an unknown service it is the signing name, or empty if the
    request is unsigned. `operation` is None if no operation of the service matches the request.
    """

    service: str
    operation: str | None
    protocol: Protocol


def requested_operation(environ: dict[str, Any], known: frozenset[str]) -> RequestedOperation:
    """Read the operation of a WSGI request. Only the body of a form is read.

    `known` are botocore's names of the supported services.
    """
    request = Request(environ)
    signing_name = _signing_name(request)
    protocol = request_protocol(request, signing_name)
    if protocol in (Protocol.JSON, Protocol.CBOR):
        return _by_target(request, signing_name, protocol, known)
    if protocol in (Protocol.QUERY, Protocol.EC2):
        service = _services(signing_name or "", known)[0]
        return RequestedOperation(service, _action(request), protocol)
    service = "s3" if protocol is Protocol.S3 else signing_name or ""
    return _by_path(request, service, protocol, known)


def _signing_name(request: Request) -> str | None:
    """Return the service in the credential scope of the Authorization header; None without it.

    Requests with the signature in the URL also return None: only S3 accepts them.
    """
    found = _SIGNED_IN_HEADER.search(request.headers.get("Authorization", ""))
    return found[1] if found else None


def _services(signing_name: str, known: frozenset[str]) -> tuple[str, ...]:
    services = _SERVICES.get(signing_name, (signing_name,))
    return tuple(service for service in services if service in known) or (signing_name,)


def _by_target(
    request: Request, signing_name: str | None, protocol: Protocol, known: frozenset[str]
) -> RequestedOperation:
    """Read `X-Amz-Target: <prefix>.<operation>`, or /service/<prefix>/operation/<operation>."""
    if protocol is Protocol.CBOR:
        prefix, _, operation = request.path.removeprefix("/service/").partition("/operation/")
    else:
        prefix, _, operation = request.headers["X-Amz-Target"].rpartition(".")
    for service in known if signing_name is None else _services(signing_name, known):
        if service in known and get_service_model(service).metadata.get("targetPrefix") == prefix:
            return RequestedOperation(service, operation, protocol)
    return RequestedOperation(signing_name or prefix, operation, protocol)


def _action(request: Request) -> str | None:
    """Return the parameter `Action` of the query or the form. The form can be read again."""
    if "Action" in request.args:
        return str(request.args["Action"])
    form = get_input_stream(request.environ).read()
    request.environ["wsgi.input"] = io.BytesIO(form)
    request.environ["CONTENT_LENGTH"] = str(len(form))
    found = _ACTION.search(form.decode("utf-8", errors="replace"))
    return unquote_plus(found[1]) if found else None


def _by_path(
    request: Request, signing_name: str, protocol: Protocol, known: frozenset[str]
) -> RequestedOperation:
    for service in _services(signing_name, known):
        if service not in known or protocol is Protocol.REST_XML:
            continue
        try:
            operation, _ = get_service_router(service).match(request)
        except (NotFound, NotImplementedError):  # NotImplementedError: unsupported media type
            continue
        return RequestedOperation(service, str(operation.name), protocol)
    return RequestedOperation(signing_name, None, protocol)
