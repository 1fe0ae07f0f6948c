"""The policies of buckets, keys, queues, topics, functions and secrets, and trust policies."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local_cloud.authorization.iam_roles import role_named, trust_of
from local_cloud.authorization.policy import Policy, read_policy
from local_cloud.context import ACCOUNT_ID
from local_cloud.moto_lock import MOTO

# The policies of these resources must allow the action to the caller or to the account.
DECIDING = frozenset({"kms", "iam"})


def resource_policy(action: str, arn: str | None) -> Policy | None:
    """Return the policy of the resource that applies to the action, or None."""
    if arn is None or not arn.startswith("arn:"):
        return None
    service = arn.split(":")[2]
    if service == "iam" and action != "sts:AssumeRole":
        return None
    find = _FINDERS.get(service)
    return None if find is None else find(arn)


def _bucket(arn: str) -> Policy | None:
    name = arn.split(":", 5)[5].partition("/")[0]
    bucket = s3_backends[ACCOUNT_ID]["aws"].buckets.get(name)
    if bucket is None or bucket.policy is None:
        return None
    return read_policy(f"bucket {name}", bucket.policy.decode())


def _key(arn: str) -> Policy | None:
    _, _, _, region, account, rest = arn.split(":", 5)
    keys = kms_backends[account][region].keys
    name = rest.removeprefix("key/")
    if rest.startswith("alias/"):
        name = next((one.id for one in list(keys.values()) if rest in one.aliases), name)
    key = keys.get(name)
    return None if key is None else read_policy(f"key {name}", key.policy)


def _queue(arn: str) -> Policy | None:
    _, _, _, region, account, name = arn.split(":", 5)
    queue = sqs_backends[account][region].queues.get(name)
    if queue is None or not queue.policy:
        return None
    return read_policy(f"queue {name}", _text(queue.policy))


def _topic(arn: str) -> Policy | None:
    _, _, _, region, account, name = arn.split(":", 5)
    topic = sns_backends[account][region].topics.get(arn)
    return None if topic is None else read_policy(f"topic {name}", _text(topic.policy))


def _function(arn: str) -> Policy | None:
    _, _, _, region, account, rest = arn.split(":", 5)
    name = rest.split(":")[1]
    with MOTO.held():
        every = lambda_backends[account][region].list_functions()
    function = next((one for one in every if one.function_name == name), None)
    if function is None or not function.policy.statements:
        return None
    return read_policy(f"function {name}", {"Statement": function.policy.statements})


def _secret(arn: str) -> Policy | None:
    _, _, _, region, account, _ = arn.split(":", 5)
    secrets = secretsmanager_backends[account][region].secrets
    secret = secrets.get(arn)
    policy = getattr(secret, "policy", None)
    return None if not policy else read_policy(f"secret {secret.name}", _text(policy))


def _role(arn: str) -> Policy | None:
    role = role_named(arn.rpartition("/")[2], arn.split(":")[4])
    return None if role is None else trust_of(role)


def _text(policy: Any) -> str:
    return policy if isinstance(policy, str) else json.dumps(policy)


_FINDERS: Mapping[str, Callable[[str], Policy | None]] = {
    "iam": _role,
    "kms": _key,
    "lambda": _function,
    "s3": _bucket,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
}
