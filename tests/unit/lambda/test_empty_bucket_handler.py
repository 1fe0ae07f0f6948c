"""The function `empty_bucket`, tested against moto's S3."""

import boto3
import pytest
from moto import mock_aws

BUCKET = {"BucketName": "lake"}


@pytest.fixture
def s3(monkeypatch, plain_moto):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws(
        config={"core": {"mock_credentials": False, "passthrough": {"urls": ["127.0.0.1"]}}}
    ):
        client = boto3.client("s3")
        client.create_bucket(Bucket="lake")
        client.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
        yield client


def version_count(s3):
    listed = s3.list_object_versions(Bucket="lake")
    return len(listed.get("Versions", [])) + len(listed.get("DeleteMarkers", []))


@pytest.fixture
def filled(s3):
    for name in ("a", "a", "b"):
        s3.put_object(Bucket="lake", Key=name, Body=b"x")
    s3.delete_object(Bucket="lake", Key="a")
    assert version_count(s3) == 4
    return s3


def test_all_versions_and_delete_markers_are_deleted(load_handler, filled, cloudformation, context):
    load_handler("empty_bucket").handler(cloudformation.event("Delete", **BUCKET), context)
    answer = cloudformation.answer()
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "Deleted 4 versions")
    assert answer["PhysicalResourceId"] == "lake"
    assert version_count(filled) == 0


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_create_and_update_delete_nothing(kind, load_handler, filled, cloudformation, context):
    load_handler("empty_bucket").handler(cloudformation.event(kind, **BUCKET), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert version_count(filled) == 4


def test_a_bucket_that_does_not_exist_is_empty(load_handler, s3, cloudformation, context):
    s3.delete_bucket(Bucket="lake")
    load_handler("empty_bucket").handler(cloudformation.event("Delete", **BUCKET), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"


def test_running_out_of_time_is_reported(load_handler, filled, cloudformation, context):
    context.seconds = 10
    load_handler("empty_bucket").handler(cloudformation.event("Delete", **BUCKET), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "delete the stack again" in answer["Reason"]
    assert version_count(filled) == 4


def test_an_object_that_s3_does_not_delete_is_named(load_handler):
    module = load_handler("empty_bucket")

    class Client:
        exceptions = boto3.client("s3", region_name="us-east-1").exceptions

        def get_paginator(self, name):
            return self

        def paginate(self, **bucket):
            return [{"Versions": [{"Key": "held", "VersionId": "1"}]}]

        def delete_objects(self, **request):
            return {"Errors": [{"Key": "held", "Code": "AccessDenied", "Message": "locked"}]}

    with pytest.raises(module.NotEmptied, match="lake/held was not deleted: AccessDenied locked"):
        module.empty(Client(), "lake", lambda: 100.0)
