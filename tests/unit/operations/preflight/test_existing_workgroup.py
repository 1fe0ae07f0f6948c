"""The checks of an existing workgroup, with responses of workgroups that lack what jobs need."""

from __future__ import annotations

import copy

import boto3
import pytest

from operations.assembly import Assembly
from operations.environment_clients import EnvironmentClients
from operations.preflight.check import Account
from tests.application.existing_warehouse import WORKGROUP_ID, existing
from tests.unit.operations.preflight.conftest import CHECKS

WORKGROUP, ROLE = "analytics-adhoc", "service-role/AnalyticsLake"
SUITABLE = {
    "workgroup": {
        "status": "AVAILABLE",
        "workgroupId": WORKGROUP_ID,
        "port": 5439,
        "namespaceName": "analytics",
    },
    "roles": [f"IamRole(applyStatus=in-sync, iamRoleArn=arn:aws:iam::123456789012:role/{ROLE})"],
}


class World:
    """The calls of the check; `state` is what AWS has."""

    exceptions = boto3.client("redshift-serverless", "us-east-1").exceptions

    def __init__(self, state):
        self._state = state

    def get_workgroup(self, *, workgroupName):  # noqa: N803
        assert workgroupName == WORKGROUP
        if self._state["workgroup"] is None:
            details = {"Code": "ResourceNotFoundException", "Message": "not found"}
            raise self.exceptions.ResourceNotFoundException({"Error": details}, "GetWorkgroup")
        return {"workgroup": self._state["workgroup"]}

    def get_namespace(self, *, namespaceName):  # noqa: N803
        return {"namespace": {"namespaceName": namespaceName, "iamRoles": self._state["roles"]}}


@pytest.fixture
def state():
    return copy.deepcopy(SUITABLE)


def findings(state):
    found = existing("workgroup")
    aws = EnvironmentClients.of(found.environment, lambda service: World(state))
    needs = Assembly.read(found.folder, prefix="redline-workgroup-", region="us-east-1")
    check = CHECKS["existing workgroup"]
    return {each.subject: each for each in check.findings(Account(aws, needs))}


def test_a_suitable_workgroup_has_no_failure(state):
    found = findings(state)
    notes = dict.fromkeys(("redline", "pipeline_reader_demand"), "note")
    assert {subject: each.status for subject, each in found.items()} == {
        WORKGROUP: "ok", ROLE: "ok", **notes
    }  # fmt: skip
    assert "CREATE ROLE pipeline_readers_demand" in found["pipeline_reader_demand"].remedy


def without_workgroup(state):
    state["workgroup"] = None


def creating(state):
    state["workgroup"]["status"] = "CREATING"


def recreated(state):
    state["workgroup"]["workgroupId"] = "another"


def other_port(state):
    state["workgroup"]["port"] = 5440


def detached(state):
    state["roles"] = []


@pytest.mark.parametrize(
    ("change", "subject", "found", "remedy"),
    [
        (without_workgroup, WORKGROUP, "no such workgroup", "correct warehouse.workgroup"),
        (creating, WORKGROUP, "its status is CREATING", "wait until"),
        (recreated, WORKGROUP, "its workgroup_id is another", "correct warehouse.workgroup_id"),
        (other_port, WORKGROUP, "its port is 5440", "correct warehouse.port"),
        (detached, ROLE, "it is not attached", "replaces the list"),
    ],
)
def test_a_workgroup_that_lacks_something_fails(state, change, subject, found, remedy):
    change(state)
    failure = findings(state)[subject]
    assert failure.status == "fails"
    assert found in failure.found
    assert remedy in failure.remedy
