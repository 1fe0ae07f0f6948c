"""The throttling errors and server errors of each service.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Request

from local_cloud.api_gate.protocols import ErrorResponse, error_response, request_protocol

_THROTTLED = (400, "ThrottlingException", "Rate exceeded")
# Services whose codes or texts differ. Source: the "Common errors" page of each API.
_THROTTLED_BY: Mapping[str, tuple[int, str, str]] = {
    "s3": (503, "SlowDown", "Please reduce your request rate."),
    "lambda": (429, "TooManyRequestsException", "Rate Exceeded."),
    "ec2": (503, "RequestLimitExceeded", "Request limit exceeded."),
    "sqs": (403, "RequestThrottled", "Request is throttled."),
    "sns": (429, "Throttled", "Rate exceeded"),
    **dict.fromkeys(
        ("cloudformation", "cloudwatch", "iam", "redshift", "sts"),
        (400, "Throttling", "Rate exceeded"),
    ),
}
_BROKEN = (500, "InternalFailure", "The request processing has failed.")
_BROKEN_BY: Mapping[str, tuple[int, str, str]] = {
    "s3": (500, "InternalError", "We encountered an internal error. Please try again."),
    "lambda": (500, "ServiceException", "The service encountered an internal error."),
    "redshift-data": (500, "InternalServerException", "The request failed."),
}


def fault_response(kind: str, action: str, environ: Mapping[str, Any]) -> ErrorResponse:
    """Return the error of kind `throttle` or `error` in the format of the action's service.

    The protocol (JSON or XML) is that of the request in `environ` (WSGI).
    """
    service = action.partition(":")[0]
    table, usual = (_THROTTLED_BY, _THROTTLED) if kind == "throttle" else (_BROKEN_BY, _BROKEN)
    status, code, message = table.get(service, usual)
    protocol = request_protocol(Request(dict(environ)), service)
    return error_response(protocol, status, code, message)
