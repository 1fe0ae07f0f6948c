"""The supported condition keys of a call, with names in lower case.

All other keys are absent, as if AWS did not set the key for the call.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.redshiftdata.models import redshiftdata_backends

from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.emr_keys import EMR_KEYS
from local_cloud.authorization.iam_roles import AssumedRole, tags_of, user_id_of
from local_cloud.authorization.job_keys import JOB_KEYS
from local_cloud.authorization.policy_patterns import Context
from local_cloud.context import ACCOUNT_ID

# The server listens on the loopback interface only, so it uses HTTP where AWS uses HTTPS. The tests
# of the templates check that insecure requests are denied.
SECURE = "true"


def caller_keys(session: AssumedRole) -> dict[str, tuple[str, ...]]:
    """Return the condition keys of a role's session."""
    tags = {f"aws:principaltag/{key.lower()}": (v,) for key, v in tags_of(session.role).items()}
    return {
        **global_keys(),
        **tags,
        "aws:principalaccount": (session.role.account_id,),
        "aws:principalarn": (session.role.arn,),
        "aws:principalisawsservice": ("false",),
        "aws:principaltype": ("AssumedRole",),
        "aws:userid": (session.user_id,),
    }


def service_keys(
    service: str, *, source_arn: str | None, source_account: str | None
) -> dict[str, tuple[str, ...]]:
    """Return the condition keys of a call that a service makes for a deployed resource."""
    keys = {
        **global_keys(),
        "aws:principalisawsservice": ("true",),
        "aws:principalservicename": (service,),
    }
    if source_arn is not None:
        keys["aws:sourcearn"] = (source_arn,)
    if source_account is not None:
        keys["aws:sourceaccount"] = keys["aws:sourceowner"] = (source_account,)
    return keys


def global_keys() -> dict[str, tuple[str, ...]]:
    """Return the condition keys that every call has."""
    now = datetime.now(UTC)
    return {
        "aws:currenttime": (now.strftime("%Y-%m-%dT%H:%M:%SZ"),),
        "aws:epochtime": (str(int(now.timestamp())),),
        "aws:resourceaccount": (ACCOUNT_ID,),
        "aws:securetransport": (SECURE,),
        "aws:viaawsservice": ("false",),
    }


def request_keys(request: AuthorizationRequest) -> Context:
    """Return the condition keys whose values are parameters of the request."""
    find = _OF_ACTIONS.get(request.action)
    keys = {"aws:requestedregion": (request.region,), **request_tags(request)}
    return keys if find is None else {**keys, **find(request)}


def request_tags(request: AuthorizationRequest) -> dict[str, tuple[str, ...]]:
    """Return the condition keys for the tags that a request sets; empty for other requests."""
    sets_tags = request.action.partition(":")[2].startswith(
        ("Create", "AddTags", "RunJobFlow", "Tag")
    )
    return tag_keys(request.parameter("Tags")) if sets_tags else {}


def tag_keys(tags: Any) -> dict[str, tuple[str, ...]]:
    """Return aws:RequestTag/… and aws:TagKeys for tags (a mapping, or a list of pairs)."""
    pairs = dict(_tag_pairs(tags))
    if not pairs:
        return {}
    named = {f"aws:requesttag/{key.lower()}": (value,) for key, value in pairs.items()}
    return {**named, "aws:tagkeys": tuple(pairs)}


def via(service: str, region: str, **context: str) -> Context:
    """Return the condition keys of a call to KMS that a service makes on behalf of its caller."""
    encryption = {f"kms:encryptioncontext:{key}": (value,) for key, value in context.items()}
    return {
        **encryption,
        "aws:viaawsservice": ("true",),
        "kms:calleraccount": (ACCOUNT_ID,),
        "kms:viaservice": (f"{service}.{region}.amazonaws.com",),
    }


def _tag_pairs(tags: Any) -> Iterable[tuple[str, str]]:
    if isinstance(tags, Mapping):
        return [(str(key), str(value)) for key, value in tags.items()]
    if not isinstance(tags, list):
        return []
    return [
        (str(tag.get("Key", tag.get("TagKey"))), str(tag.get("Value", tag.get("TagValue", ""))))
        for tag in tags
        if isinstance(tag, Mapping)
    ]


def _given(**named: str) -> Callable[[AuthorizationRequest], dict[str, tuple[str, ...]]]:
    """Return a function that reads condition keys from the parameters of a request.

    `named` maps each key to the name of a parameter. `__` in a key represents a colon."""

    def find(request: AuthorizationRequest) -> dict[str, tuple[str, ...]]:
        values = {key: request.parameter(name) for key, name in named.items()}
        return {
            key.replace("__", ":").replace("_", "-"): (str(value),)
            for key, value in values.items()
            if value is not None
        }

    return find


def _statement_owner(request: AuthorizationRequest) -> dict[str, tuple[str, ...]]:
    """Return the condition key for the owner of a Data API statement; empty if it is unknown."""
    statements = redshiftdata_backends[request.account][request.region].statements
    statement = statements.get(str(request.parameter("Id")).partition(":")[0])
    if statement is None:
        return {}
    owner = user_id_of(statement.request.caller)
    return {"redshift-data:statement-owner-iam-userid": (owner,)}


def _package_changes(request: AuthorizationRequest) -> dict[str, tuple[str, ...]]:
    """Return the condition keys of Create- and UpdateModelPackage; absent members have no key.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
    """
    properties = request.parameter("CustomerMetadataProperties") or {}
    removed = request.parameter("CustomerMetadataPropertiesToRemove") or []
    named: dict[str, tuple[str, ...]] = {
        f"sagemaker:customermetadataproperties/{key.lower()}": (str(value),)
        for key, value in properties.items()
    }
    if removed:
        named["sagemaker:customermetadatapropertiestoremove"] = tuple(map(str, removed))
    return {**named, **_given(sagemaker__modelapprovalstatus="ModelApprovalStatus")(request)}


_LISTING = _given(s3__prefix="prefix", s3__delimiter="delimiter", s3__max_keys="max-keys")
_SCALING = _given(
    application_autoscaling__service_namespace="ServiceNamespace",
    application_autoscaling__scalable_dimension="ScalableDimension",
)
_OF_ACTIONS: Mapping[str, Callable[[AuthorizationRequest], Context]] = {
    **EMR_KEYS,
    "application-autoscaling:DeregisterScalableTarget": _SCALING,
    "application-autoscaling:PutScalingPolicy": _SCALING,
    "application-autoscaling:RegisterScalableTarget": _SCALING,
    "cloudwatch:PutMetricData": _given(cloudwatch__namespace="Namespace"),
    "redshift-data:CancelStatement": _statement_owner,
    "redshift-data:DescribeStatement": _statement_owner,
    "redshift-data:GetStatementResult": _statement_owner,
    "redshift-data:GetStatementResultV2": _statement_owner,
    "redshift:GetClusterCredentials": _given(redshift__dbuser="DbUser", redshift__dbname="DbName"),
    "s3:ListBucket": _LISTING,
    "s3:ListBucketVersions": _LISTING,
    "sagemaker:CreateModelPackage": _package_changes,
    "sagemaker:UpdateModelPackage": _package_changes,
    **JOB_KEYS,
}
