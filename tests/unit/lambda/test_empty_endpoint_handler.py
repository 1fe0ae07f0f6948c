"""The function that ties an endpoint to its stack."""

import boto3
import pytest
from botocore.exceptions import ClientError

PROPERTIES = {"EndpointName": "redline-test-one", "DeployerArn": "arn:deployer", "Requests": "{}"}
OURS = ["redline-test-one-v1-0a1b2c3d", "redline-test-one-v12-0a1b2c3d"]
OTHERS = ["redline-test-one-venue-v1-0a1b2c3d", "redline-test-one-v1-x"]


class SageMaker:
    """An endpoint that is gone some looks after it was deleted, its configurations and models."""

    def __init__(self):
        self.statuses = ["Updating", "InService", "Deleting"]
        self.deleted = []
        self.refuses_what_is_gone = False
        self.refuses = False

    def describe_endpoint(self, *, EndpointName):  # noqa: N803 - the API's name
        if not self.statuses:
            message = {"Code": "ValidationException", "Message": "Could not find endpoint"}
            raise ClientError({"Error": message}, "DescribeEndpoint")
        return {"EndpointStatus": self.statuses.pop(0)}

    def get_paginator(self, name):
        self.listed = name
        return self

    def paginate(self, *, NameContains):  # noqa: N803 - the API's name
        assert NameContains == "redline-test-one-v"
        member, key = {
            "list_models": ("Models", "ModelName"),
            "list_endpoint_configs": ("EndpointConfigs", "EndpointConfigName"),
        }[self.listed]
        gone = {
            name for kind, name in self.deleted if kind in self.listed.replace("list", "delete")
        }
        for names in (OURS, OTHERS):
            yield {member: [{key: name} for name in names if name not in gone]}

    def __getattr__(self, name):
        assert name in ("delete_endpoint", "delete_endpoint_config", "delete_model")

        def delete(**names):
            if not self.refuses:
                self.deleted.append((name, *names.values()))
            if self.refuses or self.refuses_what_is_gone:
                error = {"Code": "ValidationException", "Message": "it is not to be deleted"}
                raise ClientError({"Error": error}, name)

        return delete


class Autoscaling:
    """The registration of the endpoint's variant."""

    class exceptions:  # noqa: N801 - boto3's name
        class ObjectNotFoundException(Exception):
            pass

    def __init__(self):
        self.scaled = {"endpoint/redline-test-one/variant/AllTraffic"}

    def deregister_scalable_target(self, *, ResourceId, **_rest):  # noqa: N803 - the API's name
        if ResourceId not in self.scaled:
            raise self.exceptions.ObjectNotFoundException
        self.scaled.remove(ResourceId)


class Functions:
    def __init__(self):
        self.called = []

    def invoke(self, **request):
        self.called.append(request)


@pytest.fixture
def sagemaker(monkeypatch):
    return SageMaker()


@pytest.fixture
def autoscaling():
    return Autoscaling()


@pytest.fixture
def functions():
    return Functions()


@pytest.fixture
def handler(load_handler, sagemaker, autoscaling, functions, monkeypatch):
    module = load_handler("empty_endpoint")
    clients = {
        "sagemaker": sagemaker,
        "lambda": functions,
        "application-autoscaling": autoscaling,
    }
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
    monkeypatch.setattr(module, "LOOK_AGAIN_SECONDS", 0)
    return module.handler


def test_the_endpoint_and_all_that_was_made_for_it_goes(
    handler, sagemaker, autoscaling, cloudformation, context
):
    handler(cloudformation.event("Delete", **PROPERTIES), context)
    answer = cloudformation.answer()
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "redline-test-one is gone")
    assert answer["PhysicalResourceId"] == "redline-test-one"
    assert sagemaker.deleted == [
        ("delete_endpoint", "redline-test-one"),
        *(("delete_endpoint_config", name) for name in OURS),
        *(("delete_model", name) for name in OURS),
    ]
    assert autoscaling.scaled == set()


def test_an_endpoint_that_is_not_scaled_goes_as_well(handler, autoscaling, cloudformation, context):
    autoscaling.scaled = set()
    handler(cloudformation.event("Delete", **PROPERTIES), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"


def test_an_endpoint_that_was_never_made_is_gone(handler, sagemaker, cloudformation, context):
    sagemaker.statuses = []
    handler(cloudformation.event("Delete", **PROPERTIES), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert ("delete_endpoint", "redline-test-one") not in sagemaker.deleted


def test_what_was_deleted_without_an_answer_is_gone(handler, sagemaker, cloudformation, context):
    sagemaker.refuses_what_is_gone = True
    handler(cloudformation.event("Delete", **PROPERTIES), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert [name for _, name in sagemaker.deleted] == ["redline-test-one", *OURS, *OURS]


@pytest.mark.parametrize("statuses", [["InService", "InService"], []])
def test_what_cannot_be_deleted_is_told(handler, sagemaker, cloudformation, context, statuses):
    sagemaker.statuses, sagemaker.refuses = statuses, True
    handler(cloudformation.event("Delete", **PROPERTIES), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "it is not to be deleted" in answer["Reason"]


def test_running_out_of_time_is_told(handler, sagemaker, cloudformation, context):
    context.seconds = 10
    handler(cloudformation.event("Delete", **PROPERTIES), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "still Updating: delete again" in answer["Reason"]
    assert sagemaker.deleted == []


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_change_of_the_stack_wakes_the_deployer(
    kind, handler, sagemaker, functions, cloudformation, context
):
    handler(cloudformation.event(kind, **PROPERTIES), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    (call,) = functions.called
    assert (call["FunctionName"], call["InvocationType"]) == ("arn:deployer", "Event")
    assert sagemaker.deleted == []
