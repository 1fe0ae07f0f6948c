"""Whether a request is let in: first the faults are asked, then the permissions."""

from __future__ import annotations

import threading
from typing import Any

from moto.core.authorization import ActionAuthenticatorMixin
from werkzeug.exceptions import BadRequest

from local_cloud.authorization.arns import resources_of
from local_cloud.authorization.check import authorize, request_of, signature_of
from local_cloud.authorization.roles import session_of
from local_cloud.faults.desk import FAULTS
from local_cloud.faults.fault import ADMINISTRATOR, Asked, Fault

# What a fault of these kinds strikes is not done.
_NOT_DONE = frozenset({"throttle", "error", "time_out", "crash"})


class _Request(threading.local):
    """What became of the request that this thread handles; nothing strikes one without `begin`."""

    may_be_struck = False
    asked: Asked | None = None
    fault: Fault | None = None


_REQUEST = _Request()


def install() -> None:
    """Stand where moto has a check of its own, which is off and knows few resources.

    The faults of a former cloud are forgotten.
    """
    FAULTS.clear()
    ActionAuthenticatorMixin._authenticate_and_authorize_action = admit


def begin() -> None:
    """A new request, which faults may strike: nothing is known of it."""
    _REQUEST.may_be_struck = True
    _REQUEST.asked = _REQUEST.fault = None


def struck() -> tuple[Asked, Fault] | None:
    """What the request of this thread asked, and the fault that has struck it, if one has."""
    asked, fault = _REQUEST.asked, _REQUEST.fault
    return (asked, fault) if asked and fault else None


def admit(response: Any, request_class: type, resource: str = "*") -> None:
    """Check the permissions (see `authorize`), unless a fault keeps the request from being done."""
    # moto asks more than once about some requests to S3.
    if _REQUEST.may_be_struck and _REQUEST.asked is None:
        _REQUEST.asked = _asked(response, resource)
        _REQUEST.fault = FAULTS.strike(_REQUEST.asked)
    if _REQUEST.fault is not None and _REQUEST.fault.kind in _NOT_DONE:
        raise BadRequest("the answer is made by `faults.answers`")
    authorize(response, request_class, resource)


def _asked(response: Any, resource: str) -> Asked:
    signature = signature_of(response)
    request = request_of(response, signature)
    known = [resource] if request.action.startswith("s3:") else resources_of(request)
    resources = tuple(str(arn) for arn in known if arn is not None) or ("*",)
    if signature is None:
        return Asked(request.action, resources, "anonymous")
    if signature.token is None:
        return Asked(request.action, resources, ADMINISTRATOR)
    session = session_of(signature.access_key, signature.token, request.account)
    if session is None:
        return Asked(request.action, resources, "unknown")
    return Asked(request.action, resources, session.role.name, session.caller.session)
