"""AWS::S3: buckets and their policies."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Self

from moto.s3.models import s3_backends

from local_cloud.context import ACCOUNT_ID, DEFAULT_REGION
from local_cloud.resources.base import Properties, ServiceResource


class Bucket(ServiceResource):
    """AWS::S3::Bucket; Ref returns the name."""

    TYPE = "AWS::S3::Bucket"
    PROPERTIES = frozenset(
        {
            "AccessControl",
            "BucketEncryption",
            "BucketName",
            "LifecycleConfiguration",
            "LoggingConfiguration",
            "NotificationConfiguration",
            "OwnershipControls",
            "PublicAccessBlockConfiguration",
            "Tags",
            "VersioningConfiguration",
        }
    )
    MUTABLE = PROPERTIES - {"BucketName"}

    def create(self) -> None:
        """Call CreateBucket, then set each configuration with one call."""
        name = self.properties.get("BucketName", self.name)
        has_constraint = self.region != DEFAULT_REGION
        location = {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
        self._s3.create_bucket(Bucket=name, **(location if has_constraint else {}))
        self.physical_resource_id = name
        self.attributes = {
            "Arn": f"arn:aws:s3:::{name}",
            "DomainName": f"{name}.s3.amazonaws.com",
            "RegionalDomainName": f"{name}.s3.{self.region}.amazonaws.com",
        }
        self._configure({})

    def update(self, before: Self) -> None:
        """Set changed configurations and delete removed ones."""
        self._configure(before.properties)

    def remove(self) -> None:
        """Call DeleteBucket. As on AWS, the bucket must be empty."""
        self._s3.delete_bucket(Bucket=self.physical_resource_id)

    @property
    def _s3(self) -> Any:
        return self.service("s3")

    def _configure(self, before: Properties) -> None:
        for name, (put, delete) in _CONFIGURATIONS.items():
            wanted = self.properties.get(name)
            if wanted == before.get(name):
                continue
            if wanted is not None:
                put(self._s3, self.physical_resource_id, wanted)
            else:
                delete(self._s3, self.physical_resource_id)


class BucketPolicy(ServiceResource):
    """AWS::S3::BucketPolicy; Ref returns the bucket's name."""

    TYPE = "AWS::S3::BucketPolicy"
    PROPERTIES = frozenset({"Bucket", "PolicyDocument"})
    MUTABLE = frozenset({"PolicyDocument"})

    def create(self) -> None:
        """Call PutBucketPolicy."""
        self._put()
        self.physical_resource_id = self.properties["Bucket"]

    def update(self, before: Self) -> None:
        """Call PutBucketPolicy."""
        self._put()

    def remove(self) -> None:
        """Call DeleteBucketPolicy."""
        self.service("s3").delete_bucket_policy(Bucket=self.properties["Bucket"])

    def _put(self) -> None:
        policy = json.dumps(self.properties["PolicyDocument"])
        self.service("s3").put_bucket_policy(Bucket=self.properties["Bucket"], Policy=policy)


def lifecycle_rule(rule: Properties) -> Properties:
    """Convert a lifecycle rule to the format of the API. Raises `UnsupportedProperty`."""
    known = {"Id", "Prefix", "Status", "TagFilters", "Transitions", *_SAME, *_EXPIRATION}
    if set(rule) - known:
        raise NotImplementedError(
            f"lifecycle rule: unsupported {', '.join(sorted(set(rule) - known))}"
        )
    expiration = {_EXPIRATION[name]: rule[name] for name in _EXPIRATION if name in rule}
    transitions = [
        {"Days": item["TransitionInDays"], "StorageClass": item["StorageClass"]}
        for item in rule.get("Transitions", [])
    ]
    return {
        **({"ID": rule["Id"]} if "Id" in rule else {}),
        "Status": rule["Status"],
        "Filter": _lifecycle_filter(rule.get("Prefix", ""), rule.get("TagFilters", [])),
        **{name: rule[name] for name in _SAME if name in rule},
        **({"Expiration": expiration} if expiration else {}),
        **({"Transitions": transitions} if transitions else {}),
    }


def _lifecycle_filter(prefix: str, tags: list[dict[str, str]]) -> Properties:
    return {"And": {"Prefix": prefix, "Tags": tags}} if tags else {"Prefix": prefix}


_SAME = ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration")
_EXPIRATION = {
    "ExpirationInDays": "Days",
    "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}


def _put_encryption(s3: Any, bucket: str, wanted: Properties) -> None:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
        }
        for rule in wanted["ServerSideEncryptionConfiguration"]
    ]
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


def _put_lifecycle(s3: Any, bucket: str, wanted: Properties) -> None:
    rules = [lifecycle_rule(rule) for rule in wanted["Rules"]]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


def _put_logging(s3: Any, bucket: str, wanted: Properties) -> None:
    # Without a destination, the bucket itself receives the logs. The policy of the destination is
    # created later. moto's call requires this policy; S3 does not.
    s3_backends[ACCOUNT_ID]["aws"].buckets[bucket].logging = {
        "TargetBucket": wanted.get("DestinationBucketName", bucket),
        "TargetPrefix": wanted.get("LogFilePrefix", ""),
    }


def _put_notifications(s3: Any, bucket: str, wanted: Properties) -> None:
    bridge = wanted.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled", False)
    others = set(wanted) - {"EventBridgeConfiguration"}
    if others:
        raise NotImplementedError(
            f"NotificationConfiguration.{sorted(others)[0]}: use EventBridgeConfiguration"
        )
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={"EventBridgeConfiguration": {}} if bridge else {},
    )


def _put_access_block(s3: Any, bucket: str, wanted: Properties) -> None:
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=wanted)


def _put_ownership(s3: Any, bucket: str, wanted: Properties) -> None:
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=wanted)


def _put_tags(s3: Any, bucket: str, wanted: list[dict[str, str]]) -> None:
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": wanted})


def _put_acl(s3: Any, bucket: str, wanted: str) -> None:
    # LogDeliveryWrite in a template is log-delivery-write in the API.
    s3.put_bucket_acl(Bucket=bucket, ACL=re.sub(r"(?<!^)(?=[A-Z])", "-", wanted).lower())


def _put_versioning(s3: Any, bucket: str, wanted: Properties) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=wanted)


def _suspend_versioning(s3: Any, bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


# Property -> the functions that set and delete this configuration.
_CONFIGURATIONS: dict[str, tuple[Callable[[Any, str, Any], None], Callable[[Any, str], None]]] = {
    "AccessControl": (_put_acl, lambda s3, b: _put_acl(s3, b, "Private")),
    "BucketEncryption": (_put_encryption, lambda s3, b: s3.delete_bucket_encryption(Bucket=b)),
    "LifecycleConfiguration": (_put_lifecycle, lambda s3, b: s3.delete_bucket_lifecycle(Bucket=b)),
    "LoggingConfiguration": (
        _put_logging,
        lambda s3, b: s3.put_bucket_logging(Bucket=b, BucketLoggingStatus={}),
    ),
    "NotificationConfiguration": (
        _put_notifications,
        lambda s3, b: _put_notifications(s3, b, {}),
    ),
    "OwnershipControls": (
        _put_ownership,
        lambda s3, b: s3.delete_bucket_ownership_controls(Bucket=b),
    ),
    "PublicAccessBlockConfiguration": (
        _put_access_block,
        lambda s3, b: s3.delete_public_access_block(Bucket=b),
    ),
    "Tags": (_put_tags, lambda s3, b: s3.delete_bucket_tagging(Bucket=b)),
    "VersioningConfiguration": (_put_versioning, _suspend_versioning),
}
