"""Decides whether a request is processed: checks the injected faults, then the permissions."""

from __future__ import annotations

import threading
from typing import Any

from moto.core.authorization import ActionAuthenticatorMixin
from werkzeug.exceptions import BadRequest

from local_cloud.authentication.caller import caller_signature
from local_cloud.authorization.iam_roles import session_of
from local_cloud.authorization.request_authorization import authorize, request_of
from local_cloud.authorization.resource_arns import resources_of
from local_cloud.faults.fault import ADMINISTRATOR, Fault, Operation
from local_cloud.faults.fault_registry import FAULTS

# A request with a fault of these kinds is not processed.
_NOT_DONE = frozenset({"throttle", "error", "time_out", "crash"})


class _Request(threading.local):
    """The state of this thread's request, which `begin` resets."""

    accepts_faults = False
    operation: Operation | None = None
    fault: Fault | None = None


_REQUEST = _Request()


def install() -> None:
    """Replace moto's permission check, which is disabled and supports few resources.

    The faults of an earlier cloud are removed.
    """
    FAULTS.clear()
    ActionAuthenticatorMixin._authenticate_and_authorize_action = admit


def begin(*, accepts_faults: bool) -> None:
    """Start a new request. A thread handles one request after the other."""
    _REQUEST.accepts_faults = accepts_faults
    _REQUEST.operation = _REQUEST.fault = None


def triggered() -> tuple[Operation, Fault] | None:
    """Return the operation of this thread's request and its fault; None without a fault."""
    operation, fault = _REQUEST.operation, _REQUEST.fault
    return (operation, fault) if operation and fault else None


def admit(response: Any, request_class: type, resource: str = "*") -> None:
    """Check the permissions (see `authorize`), unless a fault prevents the request."""
    # moto performs this check more than once for some requests to S3.
    if _REQUEST.accepts_faults and _REQUEST.operation is None:
        _REQUEST.operation = _operation_of(response, resource)
        _REQUEST.fault = FAULTS.trigger(_REQUEST.operation)
    if _REQUEST.fault is not None and _REQUEST.fault.kind in _NOT_DONE:
        raise BadRequest("`faults.fault_responses` creates the response")
    authorize(response, request_class, resource)


def _operation_of(response: Any, resource: str) -> Operation:
    signature = caller_signature()
    request = request_of(response, signature)
    known = [resource] if request.action.startswith("s3:") else resources_of(request)
    resources = tuple(str(arn) for arn in known if arn is not None) or ("*",)
    if signature is None:
        return Operation(request.action, resources, "anonymous")
    if signature.token is None:
        return Operation(request.action, resources, ADMINISTRATOR)
    session = session_of(signature.access_key, signature.token, request.account)
    if session is None:
        return Operation(request.action, resources, "unknown")
    return Operation(request.action, resources, session.role.name, session.caller.session)
