"""Lifecycle rules expire objects by prefix, tag and age.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from local_cloud.object_expiration import expire
from local_cloud.resources.s3 import lifecycle_rule

RULES = [
    {"Id": "Runs", "Status": "Enabled", "Prefix": "runs/", "ExpirationInDays": 30},
    {
        "Id": "Unused",
        "Status": "Enabled",
        "Prefix": "kept/",
        "TagFilters": [{"Key": "Unused", "Value": "true"}],
        "ExpirationInDays": 1,
    },
    {"Id": "Off", "Status": "Disabled", "Prefix": "", "ExpirationInDays": 1},
]


@pytest.fixture
def s3(monkeypatch, plain_moto):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws(
        config={"core": {"mock_credentials": False, "passthrough": {"urls": ["127.0.0.1"]}}}
    ):
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="without-rules")
        client.create_bucket(Bucket="lake")
        client.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
        rules = [lifecycle_rule(rule) for rule in RULES]
        client.put_bucket_lifecycle_configuration(
            Bucket="lake", LifecycleConfiguration={"Rules": rules}
        )
        for key, tags in (
            ("runs/a", ""),
            ("kept/a", ""),
            ("kept/b", "Unused=true"),
            ("kept/c", "Unused=false"),
            ("other/b", "Unused=true"),
        ):
            client.put_object(Bucket="lake", Key=key, Body=b"x", Tagging=tags)
        client.put_object(Bucket="without-rules", Key="runs/a", Body=b"x")
        yield client


@pytest.mark.parametrize(
    ("days", "expired"),
    [(0, []), (1, ["lake/kept/b"]), (29, ["lake/kept/b"]), (30, ["lake/kept/b", "lake/runs/a"])],
)
def test_rules_match_prefix_tag_and_age(s3, days, expired):
    assert expire(s3, now=datetime.now(UTC) + timedelta(days=days)) == expired
    left = {each["Key"] for each in s3.list_objects_v2(Bucket="lake")["Contents"]}
    assert len(left) == 5 - len(expired)


def test_an_expired_object_can_be_restored_until_its_version_expires(s3):
    expire(s3, now=datetime.now(UTC) + timedelta(days=1))
    listed = s3.list_object_versions(Bucket="lake", Prefix="kept/b")
    (marker,), (version,) = listed["DeleteMarkers"], listed["Versions"]
    s3.delete_object(Bucket="lake", Key="kept/b", VersionId=marker["VersionId"])
    restored = s3.get_object(Bucket="lake", Key="kept/b")
    assert restored["VersionId"] == version["VersionId"]
