"""The function `empty_endpoint`, which ties an endpoint to its stack."""

import boto3
import pytest
from botocore.exceptions import ClientError

PROPERTIES = {"EndpointName": "redline-test-one", "DeployerArn": "arn:deployer", "Requests": "{}"}
OURS = ["redline-test-one-v1-0a1b2c3d", "redline-test-one-v12-0a1b2c3d"]
OTHERS = ["redline-test-one-venue-v1-0a1b2c3d", "redline-test-one-v1-x"]


class SageMaker:
    """A stand-in for SageMaker with an endpoint that is deleted after some calls."""

    def __init__(self):
        self.statuses = ["Updating", "InService", "Deleting"]
        self.deleted = []
        self.fails_after_deletion = False
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
        deleted = {
            name for kind, name in self.deleted if kind in self.listed.replace("list", "delete")
        }
        for names in (OURS, OTHERS):
            yield {member: [{key: name} for name in names if name not in deleted]}

    def __getattr__(self, name):
        assert name in ("delete_endpoint", "delete_endpoint_config", "delete_model")

        def delete(**names):
            if not self.refuses:
                self.deleted.append((name, *names.values()))
            if self.refuses or self.fails_after_deletion:
                error = {"Code": "ValidationException", "Message": "it cannot be deleted"}
                raise ClientError({"Error": error}, name)

        return delete


class Autoscaling:
    """A stand-in for Application Auto Scaling with one scalable target."""

    class exceptions:  # noqa: N801 - boto3's name
        class ObjectNotFoundException(Exception):
            pass

    def __init__(self):
        self.scaled = {"endpoint/redline-test-one/variant/AllTraffic"}

    def deregister_scalable_target(self, *, ResourceId, **_rest):  # noqa: N803 - the API's name
        if ResourceId not in self.scaled:
            raise self.exceptions.ObjectNotFoundException
        self.scaled.remove(ResourceId)


class CloudWatch:
    """A stand-in for CloudWatch with the alarms of an interrupted deployment, and others."""

    def __init__(self):
        self.alarms = [f"{OURS[1]}-errors", f"{OURS[1]}-latency", f"{OTHERS[0]}-errors"]

    def get_paginator(self, name):
        assert name == "describe_alarms"
        return self

    def paginate(self, *, AlarmNamePrefix):  # noqa: N803 - the API's name
        found = [name for name in self.alarms if name.startswith(AlarmNamePrefix)]
        yield {"MetricAlarms": [{"AlarmName": name} for name in found]}

    def delete_alarms(self, *, AlarmNames):  # noqa: N803 - the API's name
        self.alarms = [name for name in self.alarms if name not in AlarmNames]


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
def cloudwatch():
    return CloudWatch()


@pytest.fixture
def functions():
    return Functions()


@pytest.fixture
def handler(load_handler, sagemaker, autoscaling, cloudwatch, functions, monkeypatch):
    module = load_handler("empty_endpoint")
    clients = {
        "sagemaker": sagemaker,
        "lambda": functions,
        "application-autoscaling": autoscaling,
        "cloudwatch": cloudwatch,
    }
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
    monkeypatch.setattr(module, "POLL_SECONDS", 0)
    return module.handler


def test_the_endpoint_its_configurations_and_models_are_deleted(
    handler, sagemaker, autoscaling, cloudformation, context
):
    handler(cloudformation.event("Delete", **PROPERTIES), context)
    answer = cloudformation.answer()
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "redline-test-one is deleted")
    assert answer["PhysicalResourceId"] == "redline-test-one"
    assert sagemaker.deleted == [
        ("delete_endpoint", "redline-test-one"),
        *(("delete_endpoint_config", name) for name in OURS),
        *(("delete_model", name) for name in OURS),
    ]
    assert autoscaling.scaled == set()


def test_the_alarms_of_an_interrupted_deployment_are_deleted(
    handler, cloudwatch, cloudformation, context
):
    handler(cloudformation.event("Delete", **PROPERTIES), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert cloudwatch.alarms == [f"{OTHERS[0]}-errors"]


def test_an_endpoint_without_scaling_is_deleted(handler, autoscaling, cloudformation, context):
    autoscaling.scaled = set()
    handler(cloudformation.event("Delete", **PROPERTIES), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"


def test_an_endpoint_that_does_not_exist_is_not_deleted(
    handler, sagemaker, cloudformation, context
):
    sagemaker.statuses = []
    handler(cloudformation.event("Delete", **PROPERTIES), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert ("delete_endpoint", "redline-test-one") not in sagemaker.deleted


def test_a_deletion_whose_response_was_lost_counts_as_done(
    handler, sagemaker, cloudformation, context
):
    sagemaker.fails_after_deletion = True
    handler(cloudformation.event("Delete", **PROPERTIES), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert [name for _, name in sagemaker.deleted] == ["redline-test-one", *OURS, *OURS]


@pytest.mark.parametrize("statuses", [["InService", "InService"], []])
def test_an_error_of_a_deletion_is_reported(handler, sagemaker, cloudformation, context, statuses):
    sagemaker.statuses, sagemaker.refuses = statuses, True
    handler(cloudformation.event("Delete", **PROPERTIES), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "it cannot be deleted" in answer["Reason"]


def test_running_out_of_time_is_reported(handler, sagemaker, cloudformation, context):
    context.seconds = 10
    handler(cloudformation.event("Delete", **PROPERTIES), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "still Updating; delete the stack again" in answer["Reason"]
    assert sagemaker.deleted == []


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_change_of_the_stack_invokes_the_deployer(
    kind, handler, sagemaker, functions, cloudformation, context
):
    handler(cloudformation.event(kind, **PROPERTIES), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    (call,) = functions.called
    assert (call["FunctionName"], call["InvocationType"]) == ("arn:deployer", "Event")
    assert sagemaker.deleted == []
