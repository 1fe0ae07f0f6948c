"""The account that owns the resource of a call: the condition key aws:ResourceAccount.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from moto.s3.models import s3_backends

from local_cloud.authorization.policy_patterns import Context


def owner_keys(resource: str | None) -> Context:
    """Return aws:ResourceAccount if the owner is known: from the ARN, or of an existing bucket."""
    if resource is None or resource.count(":") < 5:
        return {}
    service, _, account, name = resource.split(":", 5)[2:]
    if service == "s3":
        _, account = s3_backends.bucket_accounts.get(name.partition("/")[0], ("aws", ""))
    return {"aws:resourceaccount": (account,)} if account else {}
