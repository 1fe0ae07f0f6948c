"""The function that empties a model package group."""

import urllib.error

import boto3
import pytest
from botocore.exceptions import ClientError

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


def refusal():
    error = {"Code": "ValidationException", "Message": "the package does not exist"}
    return ClientError({"Error": error}, "DeleteModelPackage")


def test_a_package_whose_deletion_was_done_but_not_heard_of_is_gone(
    load_handler, sagemaker, cloudformation, context, monkeypatch
):
    delete = sagemaker.delete_model_package

    def delete_twice(**names):
        delete(**names)
        raise refusal()

    monkeypatch.setattr(sagemaker, "delete_model_package", delete_twice)
    load_handler("empty_registry").handler(cloudformation.event("Delete", **GROUP), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert sagemaker.packages == []


def test_a_package_that_cannot_be_deleted_is_told(
    load_handler, sagemaker, cloudformation, context, monkeypatch
):
    def refuse(**_names):
        raise refusal()

    monkeypatch.setattr(sagemaker, "delete_model_package", refuse)
    load_handler("empty_registry").handler(cloudformation.event("Delete", **GROUP), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "does not exist" in answer["Reason"]


@pytest.fixture
def handler(load_handler, sagemaker, monkeypatch):
    module = load_handler("empty_registry")
    monkeypatch.setattr(module.beside.custom_resource, "PAUSE_SECONDS", 0)
    return module.handler


def test_an_answer_that_is_not_taken_is_given_again(handler, cloudformation, context):
    cloudformation.refuse(3)
    handler(cloudformation.event("Delete", **GROUP), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"


def test_an_answer_that_is_never_taken_fails_the_call_which_lambda_then_repeats(
    handler, sagemaker, cloudformation, context
):
    cloudformation.refuse(4)
    with pytest.raises(urllib.error.HTTPError):
        handler(cloudformation.event("Delete", **GROUP), context)
    handler(cloudformation.event("Delete", **GROUP), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert sagemaker.packages == []


def test_running_out_of_time_is_told(load_handler, sagemaker, cloudformation, context):
    context.seconds = 10
    load_handler("empty_registry").handler(cloudformation.event("Delete", **GROUP), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "delete again" in answer["Reason"]
