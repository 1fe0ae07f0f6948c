"""Buckets, their settings and their objects."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

BUCKET = "life"
PART = b"a" * 5 * 1024 * 1024


def bucket(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    assert s3.head_bucket(Bucket=BUCKET)["BucketRegion"] == aws.region
    assert BUCKET in [each["Name"] for each in s3.list_buckets()["Buckets"]]
    # For us-east-1, GetBucketLocation returns null.
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] is None
    s3.delete_bucket(Bucket=BUCKET)
    assert BUCKET not in [each["Name"] for each in s3.list_buckets()["Buckets"]]


def bucket_setting(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET, ObjectOwnership="BucketOwnerPreferred")
    for setting in SETTINGS:
        _put_and_delete(s3, setting)
    s3.put_bucket_acl(Bucket=BUCKET, ACL="public-read")
    grants = s3.get_bucket_acl(Bucket=BUCKET)["Grants"]
    assert "READ" in [grant["Permission"] for grant in grants if "URI" in grant["Grantee"]]
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    _log(s3)
    s3.delete_bucket(Bucket=BUCKET)


@dataclass(frozen=True)
class Setting:
    """A setting of a bucket that one parameter sets.

    `name` is the suffix of the methods put_, get_ and delete_. `shown` is a part of the response
    of get_. `missing` is the error code if the bucket does not have the setting.
    """

    name: str
    parameter: str
    value: object
    shown: str
    missing: str
    configuration: str = ""


EXPIRING = {
    "ID": "old",
    "Status": "Enabled",
    "Filter": {"Prefix": "a/"},
    "Expiration": {"Days": 3},
}
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Sid": "open"}
SETTINGS = (
    Setting(
        "bucket_lifecycle",
        "LifecycleConfiguration",
        {"Rules": [EXPIRING]},
        "'Days': 3",
        "NoSuchLifecycleConfiguration",
        configuration="_configuration",
    ),
    Setting(
        "bucket_ownership_controls",
        "OwnershipControls",
        {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
        "BucketOwnerPreferred",
        "OwnershipControlsNotFoundError",
    ),
    Setting(
        "bucket_policy",
        "Policy",
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{**OPEN, "Resource": f"arn:aws:s3:::{BUCKET}/*"}],
            }
        ),
        "open",
        "NoSuchBucketPolicy",
    ),
    Setting(
        "bucket_tagging",
        "Tagging",
        {"TagSet": [{"Key": "team", "Value": "a"}]},
        "'Key': 'team'",
        "NoSuchTagSet",
    ),
    Setting(
        "public_access_block",
        "PublicAccessBlockConfiguration",
        {"BlockPublicAcls": True},
        "'BlockPublicAcls': True",
        "NoSuchPublicAccessBlockConfiguration",
    ),
    # The error is moto's. Since 2023, S3 returns its default encryption after a deletion.
    Setting(
        "bucket_encryption",
        "ServerSideEncryptionConfiguration",
        {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]},
        "aws:kms",
        "ServerSideEncryptionConfigurationNotFoundError",
    ),
)


def _put_and_delete(s3, setting):
    put = getattr(s3, f"put_{setting.name}{setting.configuration}")
    get = getattr(s3, f"get_{setting.name}{setting.configuration}")
    put(Bucket=BUCKET, **{setting.parameter: setting.value})
    assert setting.shown in str(get(Bucket=BUCKET))
    getattr(s3, f"delete_{setting.name}")(Bucket=BUCKET)
    with pytest.raises(s3.exceptions.ClientError, match=setting.missing):
        get(Bucket=BUCKET)


def _log(s3):
    s3.create_bucket(Bucket="life-log")
    allow = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}}
    allow |= {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::life-log/*"}
    policy = {"Version": "2012-10-17", "Statement": [allow]}
    s3.put_bucket_policy(Bucket="life-log", Policy=json.dumps(policy))
    logging = {"LoggingEnabled": {"TargetBucket": "life-log", "TargetPrefix": "a/"}}
    s3.put_bucket_logging(Bucket=BUCKET, BucketLoggingStatus=logging)
    assert s3.get_bucket_logging(Bucket=BUCKET)["LoggingEnabled"]["TargetPrefix"] == "a/"
    s3.delete_bucket(Bucket="life-log")


def notification(aws):
    s3, sqs, events = aws.client("s3"), aws.client("sqs"), aws.client("events")
    s3.create_bucket(Bucket=BUCKET)
    notified = aws.queue("life-notified", "s3.amazonaws.com")
    ruled = aws.queue("life-ruled", "events.amazonaws.com")
    events.put_rule(Name="life-s3", EventPattern=json.dumps({"source": ["aws.s3"]}))
    events.put_targets(Rule="life-s3", Targets=[{"Id": "a", "Arn": ruled.arn}])
    queue = {"QueueArn": notified.arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket=BUCKET,
        NotificationConfiguration={"QueueConfigurations": [queue], "EventBridgeConfiguration": {}},
    )
    (shown,) = s3.get_bucket_notification_configuration(Bucket=BUCKET)["QueueConfigurations"]
    assert shown["QueueArn"] == notified.arn
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"one")
    for queue in (notified, ruled):
        assert aws.until(lambda url=queue.url: BUCKET in str(sqs.receive_message(QueueUrl=url)))
        sqs.delete_queue(QueueUrl=queue.url)
    events.remove_targets(Rule="life-s3", Ids=["a"])
    events.delete_rule(Name="life-s3")
    s3.delete_object(Bucket=BUCKET, Key="a")
    s3.delete_bucket(Bucket=BUCKET)


def object(aws):  # noqa: A001  (the kind's name)
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=BUCKET, Key="a/1", Body=b"one", Tagging="team=a")
    assert s3.head_object(Bucket=BUCKET, Key="a/1")["ContentLength"] == 3
    s3.copy_object(Bucket=BUCKET, Key="a/2", CopySource=f"{BUCKET}/a/1")
    assert s3.get_object(Bucket=BUCKET, Key="a/2")["Body"].read() == b"one"
    for listed in (s3.list_objects(Bucket=BUCKET), s3.list_objects_v2(Bucket=BUCKET)):
        assert [each["Key"] for each in listed["Contents"]] == ["a/1", "a/2"]
    tags = [{"Key": "team", "Value": "b"}]
    s3.put_object_tagging(Bucket=BUCKET, Key="a/1", Tagging={"TagSet": tags})
    assert s3.get_object_tagging(Bucket=BUCKET, Key="a/1")["TagSet"] == tags
    s3.delete_object_tagging(Bucket=BUCKET, Key="a/1")
    assert s3.get_object_tagging(Bucket=BUCKET, Key="a/1")["TagSet"] == []
    s3.delete_object(Bucket=BUCKET, Key="a/1")
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=BUCKET, Key="a/1")
    found = s3.list_object_versions(Bucket=BUCKET)
    assert len(found["DeleteMarkers"]) == 1
    versions = [*found["Versions"], *found["DeleteMarkers"]]
    names = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in versions]
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": names})
    s3.delete_bucket(Bucket=BUCKET)


def multipart_upload(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="large")["UploadId"]
    assert len(s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]) == 1
    place = {"Bucket": BUCKET, "Key": "large", "UploadId": upload}
    tags = [
        s3.upload_part(**place, PartNumber=number, Body=body)["ETag"]
        for number, body in enumerate((PART, b"end"), 1)
    ]
    parts = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
    assert [each["Size"] for each in s3.list_parts(**place)["Parts"]] == [len(PART), 3]
    s3.complete_multipart_upload(**place, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket=BUCKET, Key="large")["Body"].read() == PART + b"end"
    left = s3.create_multipart_upload(Bucket=BUCKET, Key="left")["UploadId"]
    s3.abort_multipart_upload(Bucket=BUCKET, Key="left", UploadId=left)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)
    s3.delete_object(Bucket=BUCKET, Key="large")
    s3.delete_bucket(Bucket=BUCKET)
