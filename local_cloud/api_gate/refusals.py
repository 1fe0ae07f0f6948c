"""Error responses of the gate, in the protocol of the request. No SDK retries their status."""

from __future__ import annotations

from collections.abc import Mapping

from local_cloud.api_gate.protocols import ErrorResponse, Protocol, error_response
from local_cloud.api_gate.requested_operation import RequestedOperation
from local_cloud.api_gate.supported_operations import supported_operations, supported_services

# Not 404: tools would report a missing resource. Not 501, as S3 returns: it is a server error.
_STATUS = 400
# The error codes for an unknown operation. The codes of REST-XML and S3 mean "not implemented".
_CODES: Mapping[Protocol, str] = {
    Protocol.JSON: "UnknownOperationException",
    Protocol.CBOR: "UnknownOperationException",
    Protocol.REST_JSON: "UnknownOperationException",
    Protocol.QUERY: "InvalidAction",
    Protocol.EC2: "InvalidAction",
    Protocol.REST_XML: "NotImplemented",
    Protocol.S3: "NotImplemented",
}
_FAILURE = "InternalFailure"


def refusal(requested: RequestedOperation) -> ErrorResponse | None:
    """Return the error response for an unsupported operation; None for a supported operation."""
    if not requested.service:
        return _refused(requested, "it has no signature that names its service")
    if requested.service not in supported_services():
        return _refused(requested, f"it does not support {requested.service}")
    # moto does not support this protocol. The SDKs for Python and JavaScript use other protocols.
    if requested.protocol is Protocol.CBOR:
        return _refused(requested, f"the protocol {requested.protocol.value} is not supported")
    if requested.operation not in supported_operations(requested.service):
        return _refused(requested, f"it supports only other operations of {requested.service}")
    return None


def not_implemented(requested: RequestedOperation, reason: str) -> ErrorResponse:
    """Return the error response for a supported operation with unsupported parameters."""
    return _refused(requested, reason)


def failure(requested: RequestedOperation, error: Exception) -> ErrorResponse:
    """Return the error response for an operation that raised an unexpected exception.

    The status is 400. AWS would return 500, but SDKs would retry a request that fails every time.
    """
    message = (
        f"The laptop cloud failed in {requested.operation} of {requested.service} "
        f"({type(error).__name__}: {error}); see its log for the traceback."
    )
    return error_response(requested.protocol, _STATUS, _FAILURE, message)


def _refused(requested: RequestedOperation, reason: str) -> ErrorResponse:
    operation = requested.operation or "This request"
    message = f"{operation} is not implemented by the laptop cloud: {reason}."
    return error_response(requested.protocol, _STATUS, _CODES[requested.protocol], message)
