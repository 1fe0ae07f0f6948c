"""Determines the required permissions of a request to any service except S3."""

from __future__ import annotations

from typing import Any

from moto.sagemaker.models import sagemaker_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.context_keys import request_keys, request_tags, via
from local_cloud.authorization.key_states import key_arn
from local_cloud.authorization.pass_role import passed_roles
from local_cloud.authorization.required_permission import RequiredPermission
from local_cloud.authorization.resource_arns import resources_of

_ALWAYS_ALLOWED = "sts:GetCallerIdentity"
_OF_RECORDS = frozenset(
    f"sagemaker:{name}" for name in ("BatchGetRecord", "DeleteRecord", "GetRecord", "PutRecord")
)

# How a sender and a receiver use the key of a queue.
_OF_MESSAGES = {
    "sqs:SendMessage": ("GenerateDataKey", "Decrypt"),
    "sqs:ReceiveMessage": ("Decrypt",),
}


def request_permissions(request: AuthorizationRequest) -> list[RequiredPermission]:
    """Return the permissions that the request requires: its action, keys, tags and passed roles."""
    if request.action == _ALWAYS_ALLOWED:
        return []
    keys = request_keys(request)
    own = [RequiredPermission(request.action, resource, keys) for resource in resources_of(request)]
    passed = [
        RequiredPermission("iam:PassRole", role, {"iam:passedtoservice": (service,)})
        for role, service in passed_roles(request)
    ]
    keys_of_data = [*_secret_key(request), *_topic_key(request), *_queue_key(request)]
    keys_of_data += _online_store_keys(request)
    return [*own, *passed, *_tagging(request, own), *keys_of_data]


def _tagging(
    request: AuthorizationRequest, own: list[RequiredPermission]
) -> list[RequiredPermission]:
    """Return AddTags on the new SageMaker resource or EMR cluster if the request has tags."""
    tags = request_tags(request)
    if request.action == "elasticmapreduce:RunJobFlow" and tags:
        return [RequiredPermission("elasticmapreduce:AddTags", None, tags)]
    if not request.action.startswith("sagemaker:Create") or not tags:
        return []
    created = [permission for permission in own if permission.resource is not None][:1]
    keys = {**tags, "sagemaker:taggingaction": (request.action.partition(":")[2],)}
    return [
        RequiredPermission("sagemaker:AddTags", permission.resource, keys) for permission in created
    ]


def _topic_key(request: AuthorizationRequest) -> list[RequiredPermission]:
    """Return the permissions on the key of an encrypted topic, for a request that publishes."""
    if request.action != "sns:Publish":
        return []
    topics = sns_backends[request.account][request.region].topics
    topic: Any = topics.get(str(request.parameter("TopicArn")))
    arn = _customer_key(getattr(topic, "kms_master_key_id", None), request.account, request.region)
    keys = via("sns", request.region)
    return [
        RequiredPermission(f"kms:{use}", arn, keys) for use in ("GenerateDataKey", "Decrypt") if arn
    ]


def _queue_key(request: AuthorizationRequest) -> list[RequiredPermission]:
    """Return the permissions on the key of an encrypted queue, for a sender or a receiver.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    ("Configuring AWS KMS permissions")
    """
    uses = _OF_MESSAGES.get(request.action, ())
    name = str(request.parameter("QueueUrl")).rpartition("/")[2]
    arn = queue_key(name, request.account, request.region) if uses else None
    keys = via("sqs", request.region)
    return [RequiredPermission(f"kms:{use}", arn, keys) for use in uses if arn]


def queue_key(name: str, account: str, region: str) -> str | None:
    """Return the ARN of the customer key of a queue; None without one, or without the queue."""
    queue: Any = sqs_backends[account][region].queues.get(name)
    return _customer_key(getattr(queue, "kms_master_key_id", None), account, region)


def _online_store_keys(request: AuthorizationRequest) -> list[RequiredPermission]:
    """Return the permissions on the customer keys of the online stores that a request uses.

    https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html ("Accessing data in
    your online store")
    """
    if request.action not in _OF_RECORDS:
        return []
    groups = sagemaker_backends[request.account][request.region].features.groups
    found = (groups.get(str(arn).rpartition("/")[2]) for arn in resources_of(request))
    keys = {group.online_key for group in found if group is not None}
    arns = {_customer_key(key, request.account, request.region) for key in keys}
    context = via("sagemaker", request.region)
    return [RequiredPermission("kms:Decrypt", arn, context) for arn in arns if arn]


def _secret_key(request: AuthorizationRequest) -> list[RequiredPermission]:
    """Return the permissions on the customer key of the request's secret."""
    if request.action != "secretsmanager:GetSecretValue":
        return []
    return secret_key_permissions(
        str(request.parameter("SecretId")), request.account, request.region
    )


def secret_key_permissions(secret_id: str, account: str, region: str) -> list[RequiredPermission]:
    """Return the permissions on the customer key of a secret; empty with the AWS managed key."""
    secret: Any = secretsmanager_backends[account][region].secrets.get(secret_id)
    arn = _customer_key(getattr(secret, "kms_key_id", None), account, region)
    if arn is None:
        return []
    return [
        RequiredPermission("kms:Decrypt", arn, via("secretsmanager", region, SecretARN=secret.arn))
    ]


def _customer_key(key: str | None, account: str, region: str) -> str | None:
    """Return the ARN of a customer key; None for an AWS managed key."""
    return key_arn(key, account, region) if key and "alias/aws/" not in key else None
