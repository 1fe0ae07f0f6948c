"""Checks the permissions of a request. Replaces moto's check.

The signature was verified before (`authentication`). A request without a session token is from
the account's administrator and is allowed. A request of an assumed role is decided by all
applicable policies. An unsigned request is allowed only if the policy of the resource allows it to
everyone.
"""

from __future__ import annotations

import json
import logging
from collections import ChainMap
from collections.abc import Callable
from typing import Any

from moto.core.exceptions import AccessDeniedError, JsonRESTError
from moto.s3.exceptions import BucketAccessDeniedError, S3ClientError

from local_cloud.authentication.caller import Signature, caller_signature
from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.authorizer import denial_message, evaluate_call
from local_cloud.authorization.context_keys import global_keys
from local_cloud.authorization.endpoint_policies import endpoint_policy
from local_cloud.authorization.iam_roles import session_of
from local_cloud.authorization.key_states import KeyUnusable, check_key
from local_cloud.authorization.policy import Policy
from local_cloud.authorization.principals import ANONYMOUS
from local_cloud.authorization.request_permissions import request_permissions
from local_cloud.authorization.required_permission import RequiredPermission
from local_cloud.authorization.s3_permissions import required_keys, s3_permissions
from local_cloud.network.endpoint_paths import Unreachable

logger = logging.getLogger(__name__)

# Signing name of a service -> its prefix in policies, if the two differ.
_PREFIXES = {"monitoring": "cloudwatch"}
# Operation -> its action in policies, if the two differ.
_ACTIONS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:HeadBucket": "s3:ListBucket",
}
_XML_SERVICES = frozenset({"cloudformation", "ec2", "iam", "redshift", "sns", "sts"})
# The caller of these actions has no credentials yet.
_UNSIGNED = frozenset({"sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"})


def authorize(response: Any, _request_class: type, resource: str = "*") -> None:
    """Raise the service's AccessDenied unless the caller has the permissions. moto calls this.

    A request to S3 is also denied if it needs a key that is disabled or pending deletion.
    `response` is moto's handler of the request; `resource` is "*" except for S3.
    """
    signature = caller_signature()
    request = request_of(response, signature)
    if signature is None or signature.token is not None:
        _check_caller(response, request, signature, resource)
    if request.action.startswith("s3:"):
        _check_keys(response, request.action, resource)


def _check_keys(response: Any, action: str, resource: str) -> None:
    try:
        for key in required_keys(response, action, resource):
            check_key(key)
    except KeyUnusable as error:
        raise S3ClientError(error.code, str(error)) from error


def _check_caller(
    response: Any, request: AuthorizationRequest, signature: Signature | None, resource: str
) -> None:
    if signature is None:
        _check_anonymous(response, request, resource)
        return
    session = session_of(signature.access_key, signature.token, request.account)
    if session is None:
        raise _denied(response, request, "an unknown session", "the session token is invalid")
    name = session.caller.session
    endpoint = _endpoint_policy(response, request, signature, name)
    for permission in _required_permissions(response, request, resource):
        # Calls that the service makes on behalf of the caller do not go through the endpoint.
        goes_through = _service(permission.action) == _service(request.action)
        decision = evaluate_call(
            session,
            permission.action,
            permission.resource,
            permission.context,
            endpoint=endpoint if goes_through else None,
        )
        if not decision.allowed:
            text = denial_message(name, permission.action, permission.resource, decision)
            raise _denied(response, request, name, text.removeprefix(f"{name} "))


def _check_anonymous(response: Any, request: AuthorizationRequest, resource: str) -> None:
    if request.action in _UNSIGNED:
        return
    endpoint = _endpoint_policy(response, request, None, "anonymous")
    decision = evaluate_call(ANONYMOUS, request.action, resource, global_keys(), endpoint=endpoint)
    if not decision.allowed:
        text = denial_message("anonymous", request.action, resource, decision)
        raise _denied(response, request, "anonymous", text.removeprefix("anonymous "))


def _endpoint_policy(
    response: Any, request: AuthorizationRequest, signature: Signature | None, caller: str
) -> Policy | None:
    try:
        return endpoint_policy(request, signature)
    except Unreachable as error:
        reason = f"cannot reach {_service(request.action)}: {error}. On AWS, this call times out"
        raise _denied(response, request, caller, reason) from error


def _service(action: str) -> str:
    return action.partition(":")[0]


def _required_permissions(
    response: Any, request: AuthorizationRequest, resource: str
) -> list[RequiredPermission]:
    if request.action.startswith("s3:"):
        return s3_permissions(response, request.action, resource)
    return request_permissions(request)


def request_of(response: Any, signature: Signature | None) -> AuthorizationRequest:
    """Return the action, region and parameters of the request that moto's handler processes."""
    service = response.service_name if signature is None else signature.service
    action = f"{_PREFIXES.get(service, service)}:{response._get_action()}"
    return AuthorizationRequest(
        action=_ACTIONS.get(action, action),
        region=response.region if signature is None else signature.region,
        account=response.current_account,
        parameter=_parameters(response),
    )


def _parameters(response: Any) -> Callable[[str], Any]:
    """Return a function that looks up parameters. It parses a JSON body only once, unlike moto."""
    if response.automated_parameter_parsing:
        find: Callable[[str], Any] = response._get_param
        return find
    document = _json(response.body)
    given = {name: values[0] for name, values in response.querystring.items()}
    return ChainMap(given, document, response.uri_match or {}).get


def _json(body: Any) -> dict[str, Any]:
    try:
        document = json.loads(body or "null")
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _denied(response: Any, request: AuthorizationRequest, session: str, what: str) -> Exception:
    """Return AccessDenied in the format of the service."""
    text = f"User: {session} {what}"
    logger.warning("denied: %s", text)
    if request.action.startswith("s3:"):
        refusal = BucketAccessDeniedError(bucket=response.bucket_name)
        refusal.message = text
        return refusal  # type: ignore[no-any-return]
    error: Any = (
        AccessDeniedError(user_arn=session, action=request.action)
        if request.action.partition(":")[0] in _XML_SERVICES
        else JsonRESTError("AccessDeniedException", text)
    )
    error.code = 403
    return error  # type: ignore[no-any-return]
