"""An existing bucket and key must exist, and let the environment use them.

Sources: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html (without the
statement for the account, policies of roles do not apply to a key),
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html,
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html (services that publish to an
encrypted topic), https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from operations.assembly import Resource
from operations.preflight.check import Account, Check, Result

_SETTINGS = "stacks/environments.py"
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
_REGIONS = {None: "us-east-1", "EU": "eu-west-1"}
Statement = Mapping[str, Any]


def _run(account: Account) -> Iterator[Result]:
    for wanted in account.needs.existing("AWS::KMS::Key"):
        if "Statements" in wanted.properties:  # the key of a secret needs none
            yield _key(account, wanted)
    for wanted in account.needs.existing("AWS::S3::Bucket"):
        yield from _bucket(account, wanted)


def _key(account: Account, wanted: Resource) -> Result:
    name, kms = wanted.logical_id, account.aws.clients("kms")
    try:
        found = kms.describe_key(KeyId=name)["KeyMetadata"]
        policy = kms.get_key_policy(KeyId=name, PolicyName="default")["Policy"]
    except kms.exceptions.NotFoundException:
        remedy = f"correct lake.existing_key_id in {_SETTINGS}, or the credentials of the shell"
        return name, "fails", "the region of the account has no such key", remedy
    if found["KeyState"] != "Enabled":
        return name, "fails", f"its state is {found['KeyState']}", "ask its owner to enable it"
    missing = _missing(account, wanted, policy)
    if missing:
        text = "its policy does not let the services of the environment use it"
        return name, "fails", text, f"its owner adds to its policy: {_text(missing)}"
    return name, "ok", "enabled, and its policy lets the environment use it", ""


def _bucket(account: Account, wanted: Resource) -> Iterator[Result]:
    name, s3 = wanted.logical_id, account.aws.clients("s3")
    try:
        answer = s3.get_bucket_location(Bucket=name).get("LocationConstraint")
    except s3.exceptions.NoSuchBucket:
        remedy = f"correct lake.existing_bucket in {_SETTINGS}"
        yield name, "fails", "there is no such bucket", remedy
        return
    location = _REGIONS.get(answer, answer)
    if location != account.aws.region:
        remedy = f"use a bucket in {account.aws.region}: correct lake.existing_bucket"
        yield name, "fails", f"it is in {location}", remedy
        return
    yield _encryption(s3, wanted)
    yield _versions(s3, name)
    missing = _missing(account, wanted, _bucket_policy(s3, name))
    text = "its policy does not protect models and records of accepted data from other roles"
    remedy = f"its owner adds to its policy: {_text(missing)}"
    yield (name, "note", text, remedy) if missing else (name, "ok", "its policy protects it", "")


def _encryption(s3: Any, wanted: Resource) -> Result:
    """Compare the key of the default encryption: functions write with it."""
    name, key = wanted.logical_id, wanted.properties["KmsKeyId"]
    configuration = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
    default = configuration["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    used = default.get("KMSMasterKeyID", "").rpartition("/")[2]
    if default["SSEAlgorithm"] == "AES256":
        remedy = f"ask its owner to encrypt it with the key {key} by default"
        return name, "note", "reports and lists of files are encrypted with a key of S3", remedy
    if used != key:
        remedy = f"write the ID of this key as lake.existing_key_id in {_SETTINGS}"
        return name, "fails", f"the key of its default encryption is {used or 'aws/s3'}", remedy
    return name, "ok", "encrypted with the key of the environment", ""


def _versions(s3: Any, name: str) -> Result:
    if s3.get_bucket_versioning(Bucket=name).get("Status") == "Enabled":
        return name, "ok", "keeps versions", ""
    remedy = (
        f"ask its owner: aws s3api put-bucket-versioning --bucket {name} "
        "--versioning-configuration Status=Enabled"
    )
    return name, "note", "overwritten and deleted files are lost", remedy


def _bucket_policy(s3: Any, name: str) -> str:
    try:
        policy: str = s3.get_bucket_policy(Bucket=name)["Policy"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucketPolicy":
            raise
        return '{"Statement": []}'
    return policy


def _missing(account: Account, wanted: Resource, policy: str) -> list[Statement]:
    """Return the statements that the policy lacks, with the account of the caller."""
    caller = account.aws.clients("sts").get_caller_identity()["Account"]
    text = json.dumps(wanted.properties["Statements"]).replace("${AWS::AccountId}", caller)
    found = [_normal(each) for each in _as_list(json.loads(policy)["Statement"])]
    return [each for each in json.loads(text) if _normal(each) not in found]


def _normal(value: Any) -> Any:
    """Return a statement without its Sid, and lists of one element as the element."""
    if isinstance(value, dict):
        return {name: _normal(each) for name, each in value.items() if name != "Sid"}
    if isinstance(value, list):
        return _normal(value[0]) if len(value) == 1 else sorted(map(str, value))
    return value


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(statements: Iterable[Statement]) -> str:
    return ", ".join(map(json.dumps, statements))


CHECK = Check("existing lake", _run)
