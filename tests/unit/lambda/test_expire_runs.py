"""The function that tags the kept files of failed executions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

PREFIX = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/redline-local-"
DAYS = {"unused_days": {"demand": 31}}


class NotFound(Exception):
    """The error of DescribePipelineExecution."""


class Registry:
    """A stand-in for SageMaker: executions by ID, and versions of the group."""

    exceptions = SimpleNamespace(ResourceNotFound=NotFound)

    def __init__(self):
        self.executions = {}
        self.versions = []

    def ended(self, execution, status, *, days=40):
        at = datetime.now(UTC) - timedelta(days=days)
        self.executions[execution] = {"PipelineExecutionStatus": status, "LastModifiedTime": at}

    def describe_pipeline_execution(self, PipelineExecutionArn):  # noqa: N803
        found = self.executions.get(PipelineExecutionArn.removeprefix(f"{PREFIX}demand/execution/"))
        if found is None:
            raise NotFound
        return found

    def describe_model_package(self, ModelPackageName):  # noqa: N803
        return self.versions[int(ModelPackageName)]

    def get_paginator(self, operation):
        pages = {
            "list_pipeline_executions": ("PipelineExecutionSummaries", self.executions.values()),
            "list_model_packages": (
                "ModelPackageSummaryList",
                [{"ModelPackageArn": str(number)} for number in range(len(self.versions))],
            ),
        }
        member, found = pages[operation]
        return SimpleNamespace(paginate=lambda **_: [{member: list(found)}])


@pytest.fixture
def lake(monkeypatch, plain_moto):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws(
        config={"core": {"mock_credentials": False, "passthrough": {"urls": ["127.0.0.1"]}}}
    ):
        client = boto3.client("s3")
        client.create_bucket(Bucket="lake")
        yield client


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def expire(load_handler, monkeypatch, lake, registry, context):
    """Return a function that runs the handler, and returns the keys that have the tag."""
    module = load_handler("expire_runs")
    monkeypatch.setattr(module, "client", {"s3": lake, "sagemaker": registry}.__getitem__)
    monkeypatch.setenv("LAKE_BUCKET", "lake")
    monkeypatch.setenv("PIPELINE_ARN_PREFIX", PREFIX)
    monkeypatch.setenv("MODEL_PACKAGE_GROUPS", "redline-local-demand")

    def run():
        module.handler(DAYS, context)
        listed = lake.list_objects_v2(Bucket="lake")["Contents"]
        tags = {
            each["Key"]: lake.get_object_tagging(Bucket="lake", Key=each["Key"])["TagSet"]
            for each in listed
        }
        return {key for key, found in tags.items() if {"Key": "Unused", "Value": "true"} in found}

    return run


def keep(lake, execution):
    """Write the kept files of an execution, and return their keys."""
    keys = {f"kept/demand/{execution}/{name}" for name in ("Train/model/m.gz", "Check/c.json")}
    for key in keys:
        lake.put_object(Bucket="lake", Key=key, Body=b"{}")
    return keys


@pytest.mark.parametrize("status", ["Failed", "Stopped"])
def test_files_of_an_execution_without_success_are_tagged(expire, lake, registry, status):
    registry.ended("one", status)
    keys = keep(lake, "one")
    assert expire() == keys
    assert expire() == keys


@pytest.mark.parametrize(
    ("status", "days"), [("Succeeded", 400), ("Executing", 400), ("Failed", 30)]
)
def test_other_executions_keep_their_files(expire, lake, registry, status, days):
    registry.ended("one", status, days=days)
    keep(lake, "one")
    assert expire() == set()


def test_an_execution_that_sagemaker_does_not_know_keeps_its_files(expire, lake):
    keep(lake, "promoted-one")
    assert expire() == set()


@pytest.mark.parametrize("approval", ["Approved", "PendingManualApproval", "Rejected"])
@pytest.mark.parametrize(
    "reference",
    [
        {"InferenceSpecification": {"Containers": [{"ModelDataUrl": "{}Train/model/m.gz"}]}},
        {"ModelMetrics": {"ModelQuality": {"Statistics": {"S3Uri": "{}Check/c.json"}}}},
        {"CustomerMetadataProperties": {"data_profile": "{}Check/c.json"}},
    ],
)
def test_what_a_version_refers_to_stays(expire, lake, registry, approval, reference):
    """A later execution registers the model of a failed one if it reuses the result of its step."""
    registry.ended("one", "Failed")
    registry.ended("two", "Failed")
    keep(lake, "one")
    unused = keep(lake, "two")
    uri = json.dumps(reference).replace("{}", "s3://lake/kept/demand/one/")
    registry.versions.append(json.loads(uri) | {"ModelApprovalStatus": approval})
    assert expire() == unused


def test_what_a_pointer_refers_to_stays(expire, lake, registry):
    registry.ended("one", "Failed")
    keep(lake, "one")
    pointer = json.dumps({"clean": "s3://lake/kept/demand/one/etl/clean"})
    lake.put_object(Bucket="lake", Key="kept/demand/latest.json", Body=pointer)
    assert expire() == set()


def test_nothing_is_tagged_while_an_execution_runs(expire, lake, registry):
    """Its steps may reuse results, which it has not registered yet."""
    registry.ended("one", "Failed")
    registry.ended("two", "Executing", days=0)
    keep(lake, "one")
    assert expire() == set()
