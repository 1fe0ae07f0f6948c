"""The function that empties a model package group."""

import boto3
import pytest

GROUP = {"ModelPackageGroupName": "redline-test-one"}


class SageMaker:
    """Two pages of model packages."""

    def __init__(self):
        self.packages = ["arn:1", "arn:2", "arn:3"]

    def get_paginator(self, name):
        assert name == "list_model_packages"
        return self

    def paginate(self, *, ModelPackageGroupName):  # noqa: N803 - the API's name
        assert ModelPackageGroupName == "redline-test-one"
        for page in (self.packages[:2], self.packages[2:]):
            yield {"ModelPackageSummaryList": [{"ModelPackageArn": arn} for arn in page]}

    def delete_model_package(self, *, ModelPackageName):  # noqa: N803 - the API's name
        self.packages.remove(ModelPackageName)


@pytest.fixture
def sagemaker(monkeypatch):
    client = SageMaker()
    monkeypatch.setattr(boto3, "client", lambda service, **_: {"sagemaker": client}[service])
    return client


def test_every_package_goes(load_handler, sagemaker, cloudformation, context):
    load_handler("empty_registry").handler(cloudformation.event("Delete", **GROUP), context)
    answer = cloudformation.answer()
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "Deleted 3 model packages")
    assert answer["PhysicalResourceId"] == "redline-test-one"
    assert sagemaker.packages == []


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_nothing_goes_before_the_stack_does(kind, load_handler, sagemaker, cloudformation, context):
    load_handler("empty_registry").handler(cloudformation.event(kind, **GROUP), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert len(sagemaker.packages) == 3


def test_running_out_of_time_is_told(load_handler, sagemaker, cloudformation, context):
    context.seconds = 10
    load_handler("empty_registry").handler(cloudformation.event("Delete", **GROUP), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "delete again" in answer["Reason"]
