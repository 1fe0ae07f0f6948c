"""The checks of an existing cluster, with responses of clusters that lack what pipelines need."""

from __future__ import annotations

import copy

import boto3
import pytest
from botocore.exceptions import ClientError

from operations.assembly import Assembly
from operations.environment_clients import EnvironmentClients
from operations.preflight.check import Account
from tests.application.existing_network import SUBNETS
from tests.application.existing_warehouse import CLUSTER, GROUP, existing
from tests.unit.operations.preflight.conftest import CHECKS

USER, OWNER = "pipeline_reader_demand", "redline_owner"
GIVEN, CREATED = (
    f"arn:aws:iam::123456789012:role/{name}"
    for name in ("service-role/AnalyticsLake", "redline-cluster-warehouse-LakeRole")
)
SUITABLE = {
    "cluster": {
        "ClusterStatus": "available",
        "Endpoint": {"Port": 5439},
        "IamRoles": [{"IamRoleArn": GIVEN}, {"IamRoleArn": CREATED}],
    },
    "rules": [
        {
            "IpProtocol": "tcp",
            "FromPort": 5439,
            "ToPort": 5439,
            "IpRanges": [{"CidrIp": "172.20.0.0/16"}],
        }
    ],
    "users": {USER, OWNER},
    "schemas": ["redline"],
    "deployed": True,
}


class World:
    """The calls of the check; `state` is what AWS has."""

    exceptions = boto3.client("redshift", "us-east-1").exceptions

    def __init__(self, state):
        self._state = state

    def describe_clusters(self, *, ClusterIdentifier):  # noqa: N803
        if self._state["cluster"] is None:
            details = {"Code": "ClusterNotFound", "Message": "not found"}
            raise self.exceptions.ClusterNotFoundFault({"Error": details}, "DescribeClusters")
        assert ClusterIdentifier == CLUSTER
        return {"Clusters": [self._state["cluster"]]}

    def list_tables(self, *, ClusterIdentifier, Database, DbUser, MaxResults):  # noqa: N803
        if DbUser not in self._state["users"]:
            details = {"Code": "ValidationException", "Message": f'user "{DbUser}" does not exist'}
            raise ClientError({"Error": details}, "ListTables")
        return {"Tables": []}

    def list_schemas(self, *, ClusterIdentifier, Database, DbUser, SchemaPattern):  # noqa: N803
        return {"Schemas": [each for each in self._state["schemas"] if each == SchemaPattern]}

    def describe_stacks(self, *, StackName):  # noqa: N803
        if not self._state["deployed"]:
            details = {"Code": "ValidationError", "Message": f"{StackName} does not exist"}
            raise ClientError({"Error": details}, "DescribeStacks")
        output = {"OutputKey": "WarehouseRoleArn", "OutputValue": CREATED}
        return {"Stacks": [{"Outputs": [output]}]}

    def get_paginator(self, operation):
        subnets = zip(SUBNETS, ("172.20.0.0/24", "172.20.1.0/24"), strict=True)
        pages = {
            "describe_subnets": {
                "Subnets": [{"SubnetId": name, "CidrBlock": cidr} for name, cidr in subnets]
            },
            "describe_security_groups": {
                "SecurityGroups": [{"GroupId": GROUP, "IpPermissions": self._state["rules"]}]
                if self._state["rules"] is not None
                else []
            },
        }
        return Pages(pages[operation])


class Pages:
    def __init__(self, page):
        self._page = page

    def paginate(self, **request):
        return [self._page]


@pytest.fixture
def state():
    return copy.deepcopy(SUITABLE)


def findings(state, environment="cluster"):
    """Run the check for an environment: subject -> finding."""
    found = existing(environment)
    aws = EnvironmentClients.of(found.environment, lambda service: World(state))
    needs = Assembly.read(found.folder, prefix=f"redline-{environment}-", region="us-east-1")
    check = CHECKS["existing warehouse"]
    return {each.subject: each for each in check.findings(Account(aws, needs))}


@pytest.mark.parametrize(
    ("environment", "subjects"),
    [
        ("cluster", (CLUSTER, GROUP, "LakeRole", "redline", USER)),
        ("role", (CLUSTER, "service-role/AnalyticsLake", USER)),
    ],
)
def test_a_suitable_cluster_has_no_failure(state, environment, subjects):
    found = findings(state, environment)
    assert {subject: each.status for subject, each in found.items()} == dict.fromkeys(
        subjects, "ok"
    )


def without_cluster(state):
    state["cluster"] = None


def paused(state):
    state["cluster"]["ClusterStatus"] = "paused"


def other_port(state):
    state["cluster"]["Endpoint"]["Port"] = 5440


def closed(state):
    state["rules"][0]["IpRanges"] = [{"CidrIp": "172.20.0.0/24"}]


def without_group(state):
    state["rules"] = None


def detached(state):
    state["cluster"]["IamRoles"] = []


def without_user(state):
    state["users"] = {OWNER}


def without_owner(state):
    state["users"] = {USER}


def without_schema(state):
    state["schemas"] = []


ATTACH = f"modify-cluster-iam-roles --cluster-identifier {CLUSTER} --add-iam-roles"


@pytest.mark.parametrize(
    ("change", "subject", "found", "remedy"),
    [
        (without_cluster, CLUSTER, "no such cluster", "correct warehouse.cluster"),
        (paused, CLUSTER, "its status is paused", "resume-cluster --cluster-identifier"),
        (other_port, CLUSTER, "its port is 5440", "correct warehouse.port"),
        (closed, GROUP, f"port 5439 from {SUBNETS[1]}", "--port 5439 --cidr 172.20.1.0/24"),
        (without_group, GROUP, "no such security group", "warehouse.security_group_id"),
        (detached, "LakeRole", "it is not attached", f"{ATTACH} {CREATED}"),
        (without_owner, "redline", "redline_owner cannot log in", "CREATE SCHEMA redline AUTHOR"),
        (without_schema, "redline", "no such schema", "AUTHORIZATION redline_owner;"),
        (without_user, USER, "does not exist", f"CREATE USER {USER} PASSWORD DISABLE; GRANT"),
    ],
)
def test_a_cluster_that_lacks_something_fails(state, change, subject, found, remedy):
    change(state)
    failure = findings(state)[subject]
    assert failure.status == "fails"
    assert found in failure.found
    assert remedy in failure.remedy


def test_a_given_role_that_is_not_attached_fails(state):
    detached(state)
    assert findings(state, "role")["service-role/AnalyticsLake"].status == "fails"


def test_before_the_first_deployment_the_role_is_a_note(state):
    state["deployed"] = False
    found = findings(state)["LakeRole"]
    assert found.status == "note"
    assert "after the deployment" in found.remedy
