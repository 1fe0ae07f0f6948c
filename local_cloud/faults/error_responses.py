"""How each service says that it is asked too much, or that it is out of order.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class ErrorResponse:
    """An HTTP answer: "503 Slow Down", its content type and its body."""

    status: str
    content_type: str
    code: str
    body: bytes


_JSON, _XML = "application/x-amz-json-1.1", "text/xml"
_THROTTLED = ("400 Bad Request", "ThrottlingException", "Rate exceeded")
# Where the service's own words differ; sources: the "Common errors" page of each API.
_THROTTLED_BY: Mapping[str, tuple[str, str, str]] = {
    "s3": ("503 Slow Down", "SlowDown", "Please reduce your request rate."),
    "lambda": ("429 Too Many Requests", "TooManyRequestsException", "Rate Exceeded."),
    "ec2": ("503 Service Unavailable", "RequestLimitExceeded", "Request limit exceeded."),
    "sqs": ("403 Forbidden", "RequestThrottled", "Request is throttled."),
    "sns": ("429 Too Many Requests", "Throttled", "Rate exceeded"),
    **dict.fromkeys(
        ("cloudformation", "cloudwatch", "iam", "redshift", "sts"),
        ("400 Bad Request", "Throttling", "Rate exceeded"),
    ),
}
_BROKEN = ("500 Internal Server Error", "InternalFailure", "The request processing has failed.")
_BROKEN_BY: Mapping[str, tuple[str, str, str]] = {
    "s3": (_BROKEN[0], "InternalError", "We encountered an internal error. Please try again."),
    "lambda": (_BROKEN[0], "ServiceException", "The service encountered an internal error."),
    "redshift-data": (_BROKEN[0], "InternalServerException", "The request failed."),
}


def error_response(kind: str, action: str, environ: Mapping[str, Any]) -> ErrorResponse:
    """The error of kind `throttle` or `error` that the service of the action gives.

    It has the protocol of the request, which `environ` (WSGI) holds.
    """
    service = action.partition(":")[0]
    table, usual = (_THROTTLED_BY, _THROTTLED) if kind == "throttle" else (_BROKEN_BY, _BROKEN)
    status, code, message = table.get(service, usual)
    if service == "s3":
        return ErrorResponse(status, "application/xml", code, _xml("Error", code, message))
    if service == "ec2":
        body = b"<Response><Errors>" + _xml("Error", code, message) + b"</Errors></Response>"
        return ErrorResponse(status, _XML, code, body)
    if "form-urlencoded" in environ.get("CONTENT_TYPE", ""):
        body = b"<ErrorResponse>" + _xml("Error", code, message) + b"</ErrorResponse>"
        return ErrorResponse(status, _XML, code, body)
    text = json.dumps({"__type": code, "message": message})
    return ErrorResponse(status, _JSON, code, text.encode())


def _xml(element: str, code: str, message: str) -> bytes:
    inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    return f"<{element}>{inner}</{element}>".encode()
