"""The check of one request, in the place where moto has its own.

Requests without a session token come from the account's administrator and pass. Requests of an
assumed role are checked against the policies that were deployed for it (see `policy` for what is
not evaluated). On encrypted buckets the use of the key is checked, too. Signatures are not.
"""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import unquote

from moto.core.exceptions import AccessDeniedError, JsonRESTError
from moto.s3.exceptions import BucketAccessDeniedError
from moto.s3.models import s3_backends

from local_cloud.authorization.arns import Request, passed_roles, resources_of
from local_cloud.authorization.policy import is_allowed
from local_cloud.authorization.roles import policies_of, role_of

logger = logging.getLogger(__name__)

# Where the name of the service in a signature is not the one in policies.
_PREFIXES = {"monitoring": "cloudwatch"}
# Where the name of the operation is not the one in policies.
_ACTIONS = {"lambda:Invoke": "lambda:InvokeFunction", "s3:HeadBucket": "s3:ListBucket"}
# Which use of the bucket's key an action needs.
_KEY_USE = {"s3:GetObject": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey"}
_KEY_IN_BODY = re.compile(rb"<Key>(.*?)</Key>")
_SPEAK_XML = frozenset({"cloudformation", "ec2", "iam", "redshift", "sns", "sts"})
_ALWAYS_ALLOWED = "sts:GetCallerIdentity"


def authorize(response: Any, _request_class: type, resource: str = "*") -> None:
    """Raise the service's AccessDenied unless the caller may do this; moto's seam.

    `response` is moto's handler of the request; `resource` is "*" except for S3.
    """
    if "X-Amz-Security-Token" not in response.headers:
        return
    request = _request(response)
    role = role_of(_access_key(response.headers), request.account)
    if role is None:
        raise _denied(response, request, "an unknown session", "the session token is invalid")
    role_name, session = role
    documents = policies_of(role_name, request.account)
    for action, target in _needs(response, request, resource):
        if not is_allowed(documents, action, target):
            on = f" on resource: {target}" if target else ""
            why = "because no identity-based policy allows the action"
            raise _denied(
                response, request, session, f"is not authorized to perform: {action}{on} {why}"
            )


def _needs(response: Any, request: Request, resource: str) -> list[tuple[str, str | None]]:
    """The pairs of action and resource that must be allowed."""
    if request.action == _ALWAYS_ALLOWED:
        return []
    if request.action.startswith("s3:"):
        return _s3_needs(response, request.action, resource)
    needs: list[tuple[str, str | None]] = [(request.action, r) for r in resources_of(request)]
    return needs + [("iam:PassRole", role) for role in passed_roles(request)]


def _s3_needs(response: Any, action: str, resource: str) -> list[tuple[str, str | None]]:
    if action == "s3:DeleteObject" and "/" not in resource:
        keys = [unquote(key.decode()) for key in _KEY_IN_BODY.findall(response.raw_body)]
        return [(action, f"{resource}/{key}") for key in keys]
    needs: list[tuple[str, str | None]] = [(action, resource)]
    source = response.headers.get("x-amz-copy-source")
    if source and action == "s3:PutObject":
        needs.append(("s3:GetObject", f"arn:aws:s3:::{unquote(source).lstrip('/')}"))
    key = _key_of_bucket(response)
    if key and action in _KEY_USE:
        needs.append((_KEY_USE[action], key))
    return needs


def _key_of_bucket(response: Any) -> str | None:
    """The ARN of the customer key that the bucket's objects are encrypted with, if any."""
    bucket = s3_backends[response.current_account]["aws"].buckets.get(response.bucket_name)
    encryption = getattr(bucket, "encryption", None) or {}
    rule = encryption.get("Rule") or {}
    by_default = rule.get("ApplyServerSideEncryptionByDefault") or {}
    key = by_default.get("KMSMasterKeyID")
    if not key or key.startswith("arn:"):
        return key
    return f"arn:aws:kms:{response.region}:{response.current_account}:key/{key}"


def _request(response: Any) -> Request:
    # Credential=KEY/20260101/us-east-1/s3/aws4_request
    region, service = response.headers["Authorization"].split("/")[2:4]
    action = f"{_PREFIXES.get(service, service)}:{response._get_action()}"
    return Request(
        action=_ACTIONS.get(action, action),
        region=region,
        account=response.current_account,
        parameter=response._get_param,
    )


def _access_key(headers: Any) -> str:
    key: str = headers["Authorization"].partition("Credential=")[2].partition("/")[0]
    return key


def _denied(response: Any, request: Request, session: str, what: str) -> Exception:
    """AccessDenied in the words and the protocol of the service."""
    text = f"User: {session} {what}"
    logger.warning("denied: %s", text)
    if request.action.startswith("s3:"):
        refusal = BucketAccessDeniedError(bucket=response.bucket_name)
        refusal.message = text
        return refusal  # type: ignore[no-any-return]
    error: Any = (
        AccessDeniedError(user_arn=session, action=request.action)
        if request.action.partition(":")[0] in _SPEAK_XML
        else JsonRESTError("AccessDeniedException", text)
    )
    error.code = 403
    return error  # type: ignore[no-any-return]
