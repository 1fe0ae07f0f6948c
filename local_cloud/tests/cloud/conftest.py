"""A laptop cloud for the tests of one module, and helpers for policies, stacks and roles."""

from __future__ import annotations

import json
import time

import pytest

from local_cloud.server import running


def allow(*actions, resource="*"):
    """Return a policy document that allows the actions."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def trust(*services):
    """Return a trust policy for services."""
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": list(services)},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


class Stacks:
    """Creates and updates stacks from dictionaries of resources."""

    def __init__(self, cloud):
        self.client = cloud.client("cloudformation")

    def create(self, name, resources, **template):
        body = json.dumps({"Resources": resources, **template})
        self.client.create_stack(StackName=name, TemplateBody=body)
        return self.status(name)

    def update(self, name, resources, **template):
        body = json.dumps({"Resources": resources, **template})
        self.client.update_stack(StackName=name, TemplateBody=body)
        return self.status(name)

    def status(self, name):
        return self.client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]

    def reason(self, name):
        return self.client.describe_stacks(StackName=name)["Stacks"][0]["StackStatusReason"]

    def ids(self, name):
        listed = self.client.list_stack_resources(StackName=name)["StackResourceSummaries"]
        return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in listed}

    def events(self, name):
        events = self.client.describe_stack_events(StackName=name)["StackEvents"][::-1]
        return [(e["LogicalResourceId"], e["ResourceStatus"]) for e in events]


def eventually(find, timeout_seconds=180.0):
    """Wait until the result of `find` is true. Return the result."""
    deadline = time.monotonic() + timeout_seconds
    while not (found := find()):
        assert time.monotonic() < deadline, "the condition is still false"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def stacks(cloud):
    return Stacks(cloud)


@pytest.fixture(name="allow", scope="session")
def _allow():
    return allow


@pytest.fixture(name="trust", scope="session")
def _trust():
    return trust


@pytest.fixture(name="eventually", scope="session")
def _eventually():
    return eventually


@pytest.fixture(scope="module")
def make_role(cloud):
    """A function that creates a role from a policy and trusted services, and returns its ARN."""
    iam = cloud.client("iam")

    def make(name, document, *services):
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust(*services)))
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(document))
        return role["Role"]["Arn"]

    return make
