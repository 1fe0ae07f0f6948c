"""The protocols of the AWS services, and error responses in each protocol.

https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request

# The services with the protocol REST-XML, besides S3. All other REST services use REST-JSON.
_REST_XML = frozenset({"cloudfront", "route53"})


class Protocol(Enum):
    """A protocol: where a request names its operation, and the format of the response."""

    JSON = "json"
    CBOR = "smithy-rpc-v2-cbor"
    QUERY = "query"
    EC2 = "ec2"
    REST_JSON = "rest-json"
    REST_XML = "rest-xml"
    S3 = "s3"


CONTENT_TYPES: Mapping[Protocol, str] = {
    Protocol.JSON: "application/x-amz-json-1.1",
    Protocol.CBOR: "application/cbor",
    Protocol.QUERY: "text/xml",
    Protocol.EC2: "text/xml",
    Protocol.REST_JSON: "application/json",
    Protocol.REST_XML: "text/xml",
    Protocol.S3: "application/xml",
}


@dataclass(frozen=True)
class ErrorResponse:
    """The HTTP response to a failed request."""

    status: int
    code: str
    headers: Mapping[str, str]
    body: bytes

    def __call__(
        self, environ: Mapping[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Respond as a WSGI application, without a body to a HEAD request."""
        body = b"" if environ["REQUEST_METHOD"] == "HEAD" else self.body
        headers = {**self.headers, "Content-Length": str(len(body))}
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", [*headers.items()])
        return [body]


def request_protocol(request: Request, signing_name: str | None) -> Protocol:
    """Return the protocol of a request; `signing_name` is the service in its signature, if any."""
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return Protocol.CBOR
    if "X-Amz-Target" in request.headers:
        return Protocol.JSON
    if signing_name == "s3":
        is_control = request.path.startswith("/v20180820/")
        return Protocol.REST_XML if is_control else Protocol.S3
    if signing_name in _REST_XML:
        return Protocol.REST_XML
    if request.mimetype == "application/x-www-form-urlencoded" or "Action" in request.args:
        return Protocol.EC2 if signing_name == "ec2" else Protocol.QUERY
    if signing_name is None and not _is_json(request):
        return Protocol.S3
    return Protocol.REST_JSON


def _is_json(request: Request) -> bool:
    """Return whether an unsigned request is JSON. Other unsigned requests are for S3."""
    is_token = request.headers.get("Authorization", "").startswith("Bearer ")
    return is_token or (request.method == "POST" and request.mimetype == "application/json")


def error_response(protocol: Protocol, status: int, code: str, message: str) -> ErrorResponse:
    """Return an error in the format of the protocol."""
    headers = {
        "Content-Type": CONTENT_TYPES[protocol],
        "x-amzn-ErrorType": code,
        "x-amzn-RequestId": str(uuid.uuid4()),
    }
    if protocol is Protocol.CBOR:
        headers["smithy-protocol"] = "rpc-v2-cbor"
    return ErrorResponse(status, code, headers, _ERRORS[protocol](code, message))


def _json(code: str, message: str) -> bytes:
    return json.dumps({"__type": code, "message": message}).encode()


def _rest_json(code: str, message: str) -> bytes:
    return json.dumps({"code": code, "message": message}).encode()


def _cbor(code: str, message: str) -> bytes:
    """Return a CBOR map with two text strings (RFC 8949, section 3.1)."""
    return b"\xa2" + b"".join(map(_cbor_text, ("__type", code, "message", message)))


def _cbor_text(text: str) -> bytes:
    encoded = text.encode()
    return b"\x79" + len(encoded).to_bytes(2, "big") + encoded


def _query(code: str, message: str) -> bytes:
    return f"<ErrorResponse>{_xml(code, message, sender=True)}</ErrorResponse>".encode()


def _ec2(code: str, message: str) -> bytes:
    return f"<Response><Errors>{_xml(code, message)}</Errors></Response>".encode()


def _s3(code: str, message: str) -> bytes:
    return _xml(code, message).encode()


def _xml(code: str, message: str, *, sender: bool = False) -> str:
    kind = "<Type>Sender</Type>" if sender else ""
    return f"<Error>{kind}<Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"


_ERRORS: Mapping[Protocol, Callable[[str, str], bytes]] = {
    Protocol.JSON: _json,
    Protocol.CBOR: _cbor,
    Protocol.QUERY: _query,
    Protocol.EC2: _ec2,
    Protocol.REST_JSON: _rest_json,
    Protocol.REST_XML: _query,
    Protocol.S3: _s3,
}
