"""The command `rollback` over a registry and an endpoint in memory."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from local_cloud.tests.deployed_models import Pages
from operations import cli
from operations.commands import rollback
from operations.commands.rollback import Rollback, RollbackImpossible, ServedModel, roll_back
from operations.environment_clients import EnvironmentClients
from stacks.environments import ENVIRONMENTS

NAME = "redline-local-tickit"


class SageMaker:
    """Versions with their status, and an endpoint that follows a rejection after two calls."""

    def __init__(self, statuses, *, served=2, following=1, refused=()):
        self.statuses, self.refused, self.served = dict(statuses), set(refused), served
        self.following, self.status, self.reason = following, "InService", None
        self.calls = 0

    def describe_endpoint(self, *, EndpointName):  # noqa: N803
        if self.served is None:
            error = {"Code": "ValidationException", "Message": f'Could not find "{EndpointName}".'}
            raise ClientError({"Error": error}, "DescribeEndpoint")
        if self.reason:
            self.calls += 1
            self.status = "Updating" if self.calls == 2 else "InService"
            if self.calls == 3:
                self.served = self.following
        config = f"{NAME}-v{self.served}-0123abcd"
        return {"EndpointStatus": self.status, "EndpointConfigName": config}

    def get_paginator(self, operation):
        return Pages(getattr(self, operation))

    def describe_stacks(self):
        output = {"OutputKey": "EndpointName", "OutputValue": NAME}
        yield {"Stacks": [{"StackName": f"{NAME}-serving", "Outputs": [output]}]}

    def list_endpoints(self, **_):
        yield {"Endpoints": []}

    def list_model_packages(self, *, ModelPackageGroupName, ModelApprovalStatus=None):  # noqa: N803
        assert ModelPackageGroupName == NAME
        found = [v for v, s in self.statuses.items() if ModelApprovalStatus in (None, s)]
        for version in found:
            yield {"ModelPackageSummaryList": [{"ModelPackageArn": f"arn/{NAME}/{version}"}]}

    def describe_model_package(self, *, ModelPackageName):  # noqa: N803
        refused = int(ModelPackageName.rpartition("/")[2]) in self.refused
        return {"CustomerMetadataProperties": {"deployment_refused": "broken"} if refused else {}}

    def update_model_package(self, **request):
        version = int(request["ModelPackageArn"].rpartition("/")[2])
        self.statuses[version] = request["ModelApprovalStatus"]
        self.reason = request["ApprovalDescription"]


def rolled_back(sagemaker, *, deadline=1000.0):
    ticks = iter(range(10_000))
    return roll_back(
        ServedModel(sagemaker, NAME),
        "wrong",
        deadline=deadline,
        now=lambda: float(next(ticks)),
        sleep=lambda _: None,
    )


def test_the_version_in_service_is_rejected_and_the_previous_one_answers():
    sagemaker = SageMaker({1: "Approved", 2: "Approved"})
    assert rolled_back(sagemaker) == Rollback(NAME, before=2, after=1, reason="wrong")
    assert sagemaker.statuses == {1: "Approved", 2: "Rejected"}
    assert sagemaker.reason == "wrong"


@pytest.mark.parametrize(
    ("statuses", "refused"),
    [({2: "Approved"}, ()), ({1: "Rejected", 2: "Approved"}, ())]
    + [({1: "Approved", 2: "Approved"}, (1,))],
)
def test_without_another_version_nothing_is_rejected(statuses, refused):
    sagemaker = SageMaker(statuses, refused=refused)
    with pytest.raises(RollbackImpossible, match="no other version is approved"):
        rolled_back(sagemaker)
    assert sagemaker.statuses == statuses


def test_a_version_that_is_refused_meanwhile_is_reported():
    sagemaker = SageMaker({1: "Approved", 2: "Approved"}, following=2)
    update = sagemaker.update_model_package

    def refuse(**request):
        update(**request)
        sagemaker.refused.add(1)

    sagemaker.update_model_package = refuse
    with pytest.raises(RollbackImpossible, match=r"the versions \[1\] were refused"):
        rolled_back(sagemaker)


def test_an_endpoint_that_does_not_change_in_time_is_reported():
    sagemaker = SageMaker({1: "Approved", 2: "Approved"}, following=2)
    with pytest.raises(RollbackImpossible, match="does not serve another version"):
        rolled_back(sagemaker, deadline=10.0)


def test_an_endpoint_that_is_being_updated_is_left_alone():
    sagemaker = SageMaker({1: "Approved", 2: "Approved"})
    sagemaker.status = "Updating"
    with pytest.raises(RollbackImpossible, match="wait until it is InService"):
        rolled_back(sagemaker)
    assert sagemaker.reason is None


def test_a_missing_endpoint_is_named():
    with pytest.raises(RollbackImpossible, match=f"there is no endpoint {NAME}"):
        rolled_back(SageMaker({}, served=None))


def test_a_deleted_version_in_service_is_named():
    with pytest.raises(RollbackImpossible, match="was deleted from the model package group"):
        rolled_back(SageMaker({1: "Approved"}))


@pytest.fixture
def sagemaker(monkeypatch):
    found = SageMaker({1: "Approved", 2: "Approved"})
    aws = EnvironmentClients.of(ENVIRONMENTS["local"], lambda _service: found)
    monkeypatch.setattr(cli, "connect", lambda _environment, _state: aws)
    monkeypatch.setattr(rollback, "_POLL_SECONDS", 0)
    return found


def test_the_command_prints_both_versions(sagemaker, capsys):
    assert cli.main(["rollback", "tickit", "--reason", "wrong", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["before"], shown["after"], shown["reason"]) == (2, 1, "wrong")


@pytest.mark.parametrize("name", ["tickit", NAME])
def test_the_pipeline_has_its_short_or_its_full_name(sagemaker, name):
    assert cli.main(["rollback", name]) == 0
    assert sagemaker.statuses == {1: "Approved", 2: "Rejected"}


def test_a_pipeline_without_an_endpoint_is_refused_with_those_that_have_one(sagemaker, capsys):
    assert cli.main(["rollback", "insurance"]) == 2
    message = capsys.readouterr().err
    assert message.startswith("error: 'insurance' does not identify one endpoint.")
    assert "tickit" in message
