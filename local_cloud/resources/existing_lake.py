"""Creates a bucket and a key that exist on AWS, with the policies that their owner has added."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import moto.kms.models
from botocore.exceptions import ClientError

from local_cloud.context import ACCOUNT_ID
from local_cloud.resources.existing_network import next_id

Properties = Mapping[str, Any]
# Service name -> client with the credentials of the administrator.
Clients = Callable[[str], Any]


def _bucket(clients: Clients, identifier: str, properties: Properties) -> bool:
    """Create a bucket that keeps versions and encrypts objects with the key."""
    s3 = clients("s3")
    try:
        s3.head_bucket(Bucket=identifier)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        _create_bucket(s3, identifier, properties)
        return True
    return False


def _create_bucket(s3: Any, identifier: str, properties: Properties) -> None:
    region = s3.meta.region_name
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=identifier, **({} if region == "us-east-1" else elsewhere))
    s3.put_bucket_versioning(Bucket=identifier, VersioningConfiguration={"Status": "Enabled"})
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": properties["KmsKeyId"]}
    s3.put_bucket_encryption(
        Bucket=identifier,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]
        },
    )
    s3.put_bucket_policy(Bucket=identifier, Policy=_policy(properties["Statements"]))


def _key(clients: Clients, identifier: str, properties: Properties) -> bool:
    kms = clients("kms")
    try:
        kms.describe_key(KeyId=identifier)
    except kms.exceptions.NotFoundException:
        policy = {"Policy": _policy(properties["Statements"])} if "Statements" in properties else {}
        with next_id(moto.kms.models, "generate_key_id", identifier):
            kms.create_key(Description="existing", **policy)
        return True
    return False


def _policy(statements: list[Mapping[str, Any]]) -> str:
    """Return a policy with the account of the laptop cloud."""
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return text.replace("${AWS::AccountId}", ACCOUNT_ID)


CREATORS: Mapping[str, Callable[[Clients, str, Properties], bool]] = {
    "AWS::KMS::Key": _key,
    "AWS::S3::Bucket": _bucket,
}
