"""The function `empty_registry`, which deletes the packages of a model package group."""

import urllib.error

import boto3
import pytest
from botocore.exceptions import ClientError

GROUP = {"ModelPackageGroupName": "redline-test-one"}


class SageMaker:
    """A stand-in for SageMaker with two pages of model packages."""

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


def test_all_packages_are_deleted(load_handler, sagemaker, cloudformation, context):
    load_handler("empty_registry").handler(cloudformation.event("Delete", **GROUP), context)
    answer = cloudformation.answer()
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "Deleted 3 model packages")
    assert answer["PhysicalResourceId"] == "redline-test-one"
    assert sagemaker.packages == []


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_create_and_update_delete_nothing(kind, load_handler, sagemaker, cloudformation, context):
    load_handler("empty_registry").handler(cloudformation.event(kind, **GROUP), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert len(sagemaker.packages) == 3


def client_error():
    error = {"Code": "ValidationException", "Message": "the package does not exist"}
    return ClientError({"Error": error}, "DeleteModelPackage")


def test_a_deletion_whose_response_was_lost_counts_as_done(
    load_handler, sagemaker, cloudformation, context, monkeypatch
):
    delete = sagemaker.delete_model_package

    def delete_and_fail(**names):
        delete(**names)
        raise client_error()

    monkeypatch.setattr(sagemaker, "delete_model_package", delete_and_fail)
    load_handler("empty_registry").handler(cloudformation.event("Delete", **GROUP), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert sagemaker.packages == []


def test_a_package_that_cannot_be_deleted_is_reported_and_logged(
    load_handler, sagemaker, cloudformation, context, monkeypatch, caplog
):
    def refuse(**_names):
        raise client_error()

    monkeypatch.setattr(sagemaker, "delete_model_package", refuse)
    load_handler("empty_registry").handler(cloudformation.event("Delete", **GROUP), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "does not exist" in answer["Reason"]
    assert "Delete of redline-test-one failed\nTraceback" in caplog.text


@pytest.fixture
def handler(load_handler, sagemaker, monkeypatch):
    module = load_handler("empty_registry")
    monkeypatch.setattr(module.beside.custom_resource, "PAUSE_SECONDS", 0)
    return module.handler


def test_a_response_that_fails_is_sent_again(handler, cloudformation, context):
    cloudformation.refuse(3)
    handler(cloudformation.event("Delete", **GROUP), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"


def test_a_response_that_always_fails_raises_and_lambda_invokes_again(
    handler, sagemaker, cloudformation, context
):
    cloudformation.refuse(4)
    with pytest.raises(urllib.error.HTTPError):
        handler(cloudformation.event("Delete", **GROUP), context)
    handler(cloudformation.event("Delete", **GROUP), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert sagemaker.packages == []


def test_running_out_of_time_is_reported(load_handler, sagemaker, cloudformation, context):
    context.seconds = 10
    load_handler("empty_registry").handler(cloudformation.event("Delete", **GROUP), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "delete the stack again" in answer["Reason"]
