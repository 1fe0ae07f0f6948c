"""Determines the required permissions of a request to S3: on objects, buckets and KMS keys.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, unquote_plus

from moto.s3.models import s3_backends

from local_cloud.authorization.context_keys import via
from local_cloud.authorization.key_states import key_arn
from local_cloud.authorization.policy_patterns import Context
from local_cloud.authorization.required_permission import RequiredPermission

_OBJECT = re.compile(rb"<Object>(.*?)</Object>", re.DOTALL)
_KEY = re.compile(rb"<Key>(.*?)</Key>", re.DOTALL)
_READING = ("s3:GetObject", "s3:GetObjectVersion")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
_WRITE_KEYS = {"s3:if-match": "If-Match", "s3:if-none-match": "If-None-Match"}
_LIST_KEYS = {"s3:prefix": "prefix", "s3:delimiter": "delimiter", "s3:max-keys": "max-keys"}


def s3_permissions(response: Any, action: str, resource: str) -> list[RequiredPermission]:
    """Return the required permissions. `resource` is the ARN that moto determined."""
    if action == "s3:DeleteObject" and "/" not in resource:
        return list(_deletions(response.raw_body, resource))
    return [
        RequiredPermission(action, resource, _request_keys(response, action, resource)),
        *_source(response, action),
        *_key_use(response, action, resource),
        *_missing_object(response, action, resource),
    ]


def required_keys(response: Any, action: str, resource: str) -> Iterator[str]:
    """Yield the ARNs of the keys that S3 uses for a request."""
    for permission in (*_source(response, action), *_key_use(response, action, resource)):
        if permission.action.startswith("kms:") and permission.resource is not None:
            yield permission.resource


def _deletions(body: bytes, bucket: str) -> Iterator[RequiredPermission]:
    """Yield the permission for each object (or version) that DeleteObjects names."""
    for item in _OBJECT.findall(body):
        found = _KEY.search(item)
        key = unquote(found.group(1).decode()) if found else ""
        action = "s3:DeleteObjectVersion" if b"<VersionId>" in item else "s3:DeleteObject"
        yield RequiredPermission(action, f"{bucket}/{key}")


def _request_keys(response: Any, action: str, resource: str) -> Context:
    if action == "s3:PutObject":
        headers = {key: response.headers.get(name) for key, name in _WRITE_KEYS.items()}
        return {key: (str(value),) for key, value in headers.items() if value is not None}
    return _listing(response) if "/" not in resource else {}


def _listing(response: Any) -> Context:
    given = {key: response.querystring.get(name) for key, name in _LIST_KEYS.items()}
    return {key: (str(values[0]),) for key, values in given.items() if values}


def _source(response: Any, action: str) -> Iterator[RequiredPermission]:
    """Yield the permission to read the source of CopyObject and UploadPartCopy."""
    source = response.headers.get("x-amz-copy-source")
    if source and action == "s3:PutObject":
        path, _, version = unquote_plus(source).lstrip("/").partition("?versionId=")
        reading = "s3:GetObjectVersion" if version else "s3:GetObject"
        yield RequiredPermission(reading, f"arn:aws:s3:::{path}")
        bucket, _, key = path.partition("/")
        yield from _decryption(response, bucket, key)


def _missing_object(response: Any, action: str, resource: str) -> Iterator[RequiredPermission]:
    """Yield s3:ListBucket if the object does not exist: S3 requires it to return NoSuchKey."""
    bucket = _buckets(response).get(response.bucket_name)
    arn, _, key = resource.partition("/")
    if action == "s3:GetObject" and bucket is not None and key not in bucket.keys:
        yield RequiredPermission("s3:ListBucket", arn, {"s3:prefix": (key,)})


def _key_use(response: Any, action: str, resource: str) -> Iterator[RequiredPermission]:
    """Yield the permissions on the KMS key of the request. S3 uses the key as the caller."""
    _, _, key = resource.partition("/")
    if action in _READING:
        yield from _decryption(response, response.bucket_name, key)
    elif action == "s3:PutObject":
        named = response.headers.get("x-amz-server-side-encryption-aws-kms-key-id")
        arn = _arn(response, named or _key_of_bucket(response))
        if arn is not None:
            context = _context(response, response.bucket_name)
            yield RequiredPermission("kms:GenerateDataKey", arn, context)
            if {"partNumber", "uploads", "uploadId"} & set(response.querystring):
                # S3 decrypts the parts when it combines them.
                yield RequiredPermission("kms:Decrypt", arn, context)


def _decryption(response: Any, bucket_name: str, key: str) -> Iterator[RequiredPermission]:
    bucket = _buckets(response).get(bucket_name)
    found = None if bucket is None else bucket.keys.get(key)
    arn = _arn(response, getattr(found, "kms_key_id", None))
    if arn is not None:
        yield RequiredPermission("kms:Decrypt", arn, _context(response, bucket_name))


def _context(response: Any, bucket_name: str) -> Context:
    """Return the condition keys for KMS. With Bucket Keys, the encryption context is the bucket."""
    arn = f"arn:aws:s3:::{bucket_name}"
    return via("s3", response.region, **{"aws:s3:arn": arn})


def _key_of_bucket(response: Any) -> str | None:
    """Return the customer key that encrypts new objects of the bucket, or None."""
    bucket = _buckets(response).get(response.bucket_name)
    encryption = getattr(bucket, "encryption", None) or {}
    rule = encryption.get("Rule") or {}
    key: str | None = (rule.get("ApplyServerSideEncryptionByDefault") or {}).get("KMSMasterKeyID")
    return key


def _arn(response: Any, key: str | None) -> str | None:
    return key_arn(key, response.current_account, response.region) if key else None


def _buckets(response: Any) -> Any:
    return s3_backends[response.current_account]["aws"].buckets
