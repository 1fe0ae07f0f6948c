"""The managed policies of the people who operate an environment."""

from __future__ import annotations

import json
import re

import pytest

from tests.docs.command_policies import NEEDED, policies
from tests.synthesis import joined, statements

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MOST_CHARACTERS = 6_144
CHANGES = re.compile(r":(Create|Delete|Invoke|Put|Retry|Start|Stop|Update)")


@pytest.fixture(params=["reader", "operator", "approver"])
def role(request):
    return request.param


def allowed(environment, role):
    """Action -> resources of the statements that allow it."""
    (policy,) = [
        each
        for each in environment.resources("operations", "AWS::IAM::ManagedPolicy").values()
        if each["Properties"]["ManagedPolicyName"].endswith(f"-{role}")
    ]
    found = {}
    for statement in statements(policy):
        for action in statement["Action"]:
            found.setdefault(action, []).extend(map(joined, statement["Resource"]))
    return found


def test_every_command_names_a_policy():
    assert set(policies().values()) <= NEEDED.keys()
    assert policies()["describe"] == "reader"
    assert policies()["start"] == "operator"
    assert policies()["approve"] == "approver"


def test_a_policy_is_not_longer_than_iam_allows(environment, role):
    """White space does not count, and references are replaced."""
    (policy,) = [
        each
        for each in environment.resources("operations", "AWS::IAM::ManagedPolicy").values()
        if each["Properties"]["ManagedPolicyName"].endswith(f"-{role}")
    ]
    written = [
        {**each, "Resource": [joined(arn) for arn in each["Resource"]]}
        for each in statements(policy)
    ]
    text = json.dumps(written, separators=(",", ":"))
    text = text.replace("<AWS::Partition>", "aws").replace("<AWS::AccountId>", "1" * 12)
    assert len(text) < MOST_CHARACTERS


def test_a_reader_changes_nothing(environment):
    reader = allowed(environment, "reader")
    assert [action for action in reader if CHANGES.search(action)] == []
    users = [each for each in reader.get("redshift:GetClusterCredentials", ()) if "dbuser" in each]
    assert all("/pipeline_reader_" in user for user in users)


def test_only_an_approver_decides_about_versions(environment):
    for role in ("reader", "operator"):
        assert "sagemaker:UpdateModelPackage" not in allowed(environment, role)
    name = environment.environment.name
    (versions,) = allowed(environment, "approver")["sagemaker:UpdateModelPackage"]
    assert versions.endswith(f":model-package/redline-{name}-*")


def test_changes_are_limited_to_the_environment(environment, role):
    name = environment.environment.name
    for action, resources in allowed(environment, role).items():
        if CHANGES.search(action) and action.startswith("sagemaker:"):
            assert [each for each in resources if f"/redline-{name}-" not in each] == []
