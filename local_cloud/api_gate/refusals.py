"""Errors of the gate, in the protocol of the request and with a status that no SDK retries."""

from __future__ import annotations

from collections.abc import Mapping

from local_cloud.api_gate.protocols import ErrorResponse, Protocol, error_response
from local_cloud.api_gate.requested_operation import RequestedOperation
from local_cloud.api_gate.supported_operations import supported_operations, supported_services

# Not 404, which tools take for a missing resource, and not S3's own 501, which is a server fault.
_STATUS = 400
# What services say to an operation that they do not know; S3: what they have not implemented.
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
    """Why an operation is not carried out; None for one that is."""
    if not requested.service:
        return _refused(requested, "it has no signature that names its service")
    if requested.service not in supported_services():
        return _refused(requested, f"it implements nothing of {requested.service}")
    # moto does not read this protocol; the SDKs for Python and JavaScript take another one.
    if requested.protocol is Protocol.CBOR:
        return _refused(requested, f"the protocol {requested.protocol.value} is not among its own")
    if requested.operation not in supported_operations(requested.service):
        return _refused(requested, f"it implements other operations of {requested.service}")
    return None


def not_implemented(requested: RequestedOperation, reason: str) -> ErrorResponse:
    """The answer to a supported operation whose parameters ask for something that is not."""
    return _refused(requested, reason)


def failure(requested: RequestedOperation, error: Exception) -> ErrorResponse:
    """The answer to an operation in which this cloud itself has failed.

    A service would answer 500, and every SDK would try again what fails each time.
    """
    message = (
        f"The laptop cloud failed at {requested.operation} of {requested.service} "
        f"({type(error).__name__}: {error}); its log has the traceback."
    )
    return error_response(requested.protocol, _STATUS, _FAILURE, message)


def _refused(requested: RequestedOperation, reason: str) -> ErrorResponse:
    operation = requested.operation or "This request"
    message = f"{operation} is not implemented by the laptop cloud: {reason}."
    return error_response(requested.protocol, _STATUS, _CODES[requested.protocol], message)
