"""Requests for all operations in botocore, serialized as botocore's clients serialize them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import botocore.session
from botocore.loaders import create_loader
from botocore.model import OperationModel, Shape
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

_SCALARS: dict[str, Any] = {
    "map": {},
    "integer": 1,
    "long": 1,
    "float": 1.0,
    "double": 1.0,
    "boolean": True,
    "timestamp": 0,
    "blob": b"x",
}
# Only recursive structures are deeper.
_DEPTH = 6


@dataclass(frozen=True)
class Call:
    """An operation, and a WSGI request for this operation with only the required members."""

    service: str
    operation: OperationModel
    protocol: str
    environ: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.service}:{self.operation.name}"

    def send(self, application: Any) -> Answer:
        """Send the request to a WSGI application and return its response."""
        answer = Answer(self)
        body = application(self.environ, answer.start)
        answer.body = b"".join(body)
        return answer


@dataclass
class Answer:
    """The response that a client would receive."""

    call: Call
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def start(self, status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        self.status = int(status.split()[0])
        self.headers = {name.lower(): value for name, value in headers}

    @property
    def is_page(self) -> bool:
        """Whether the body or the content type is HTML."""
        page = self.body.lstrip()[:20].lower().startswith((b"<!doctype html", b"<html"))
        return page or "html" in self.headers.get("content-type", "")

    @property
    def error_code(self) -> str:
        """The error code from the client's parser; empty if the response is not an error."""
        response = {"status_code": self.status, "headers": self.headers, "body": self.body}
        parser = create_parser(self.call.protocol)
        parsed = parser.parse({**response, "context": {}}, self.call.operation.output_shape)
        return str(parsed.get("Error", {}).get("Code", ""))


def every_call() -> Iterator[Call]:
    """Yield a call of each operation of each service."""
    session = botocore.session.get_session()
    # Clients of S3 change the models that they share: they remove the bucket from paths.
    session.register_component(
        "data_loader", create_loader(session.get_config_variable("data_path"))
    )
    for name in session.get_available_services():
        service = session.get_service_model(name)
        protocol = service.resolved_protocol
        serializer = create_serializer(protocol, include_validation=False)
        for operation_name in service.operation_names:
            operation = service.operation_model(operation_name)
            given = _value(operation.input_shape) if operation.input_shape else {}
            request = serializer.serialize_to_request(given, operation)
            yield Call(name, operation, protocol, _environ(request, _authorization(operation)))


def _value(shape: Shape, depth: int = 0) -> Any:
    """Return a small value of a shape's type."""
    if shape.type_name == "structure":
        names = shape.required_members or list(shape.members)[: shape.is_tagged_union]
        return {} if depth > _DEPTH else {n: _value(shape.members[n], depth + 1) for n in names}
    if shape.type_name == "list":
        return [] if depth > _DEPTH else [_value(shape.member, depth + 1)]
    if shape.type_name == "string":
        return next(iter(shape.enum), "x")
    return _SCALARS[shape.type_name]


def _authorization(operation: OperationModel) -> str | None:
    """Return a client's Authorization header. The gate does not verify signatures."""
    service = operation.service_model
    if operation.auth_type == "none":
        return None
    if service.signature_version == "bearer":
        return "Bearer x"
    scope = f"x/20260101/us-east-1/{service.signing_name}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=x"


def _environ(request: dict[str, Any], authorization: str | None) -> dict[str, Any]:
    path, _, literal = request["url_path"].partition("?")
    asked = request["query_string"]
    asked = urlencode(asked, doseq=True) if isinstance(asked, dict) else asked
    query = "&".join(part for part in (literal, asked) if part)
    headers = dict(request["headers"])
    body = request["body"]
    if isinstance(body, dict):
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        body = urlencode(body)
    content = body.encode() if isinstance(body, str) else body
    if authorization is not None:
        headers["Authorization"] = authorization
    return {
        "REQUEST_METHOD": request["method"],
        "PATH_INFO": path,
        "RAW_URI": f"{path}?{query}" if query else path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "5000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost:5000",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(content),
        "CONTENT_LENGTH": str(len(content)),
        **{_variable(name): str(value) for name, value in headers.items()},
    }


def _variable(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name == "CONTENT_TYPE" else f"HTTP_{name}"
