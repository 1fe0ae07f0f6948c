"""IAM policy documents and the actions that they allow."""

from __future__ import annotations

import pytest

from local_cloud.authorization.decision import Call, Policies, decide
from local_cloud.authorization.policy import read_policy
from local_cloud.authorization.principals import Caller

OBJECT = "arn:aws:s3:::lake/unload/part-0"
ROLE = Caller(account="123456789012", role="arn:aws:iam::123456789012:role/job")
EVENTS = Caller(service="events.amazonaws.com")


def document(effect="Allow", action="s3:GetObject", resource="*", **more):
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return {"Statement": statement}


def is_allowed(documents, action, resource):
    """Return whether the identity policies allow the action without other policies."""
    own = [read_policy("p", document) for document in documents]
    return decide(Call(ROLE, action, resource), Policies(identity=own)).allowed


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("s3:GetObject", "*", True),
        ("s3:*", "arn:aws:s3:::lake/*", True),
        ("S3:getobject*", "arn:aws:s3:::lake/unload/*", True),
        ("s3:GetObject", "arn:aws:s3:::lake/unload/part-?", True),
        ("s3:GetObject", "arn:aws:s3:::lake", False),
        ("s3:GetObject", "arn:aws:s3:::Lake/*", False),
        ("s3:GetObject", "arn:aws:s3:::l.ke/*", False),
        ("s3:PutObject", "*", False),
        (["s3:PutObject", "s3:Get*"], ["arn:aws:s3:::other/*", "arn:aws:s3:::lake/*"], True),
    ],
)
def test_actions_and_resources(action, resource, allowed):
    assert is_allowed([document("Allow", action, resource)], "s3:GetObject", OBJECT) is allowed


def test_a_deny_wins_unless_it_has_a_condition():
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    assert not is_allowed([document(), document("Deny")], "s3:GetObject", OBJECT)
    assert is_allowed([document(), document("Deny", Condition=condition)], "s3:GetObject", OBJECT)


def test_not_action_and_not_resource():
    other = {"Statement": [{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:x"}]}
    assert is_allowed([other], "s3:GetObject", OBJECT)
    assert not is_allowed([other], "iam:PassRole", OBJECT)


def test_nothing_is_allowed_without_a_policy():
    assert not is_allowed([], "s3:GetObject", OBJECT)


def test_an_unknown_resource_needs_only_the_action():
    assert is_allowed([document(resource="arn:aws:s3:::lake/*")], "s3:GetObject", None)


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [
        ({"Service": "events.amazonaws.com"}, True),
        ({"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}, True),
        ({"Service": "lambda.amazonaws.com"}, False),
        ({"AWS": "arn:aws:iam::123456789012:root"}, False),
        ("*", True),
        (None, False),
    ],
)
def test_a_resource_policy_names_services(principal, allowed):
    policy = read_policy("p", document(action="sqs:SendMessage", Principal=principal))
    decision = decide(Call(EVENTS, "sqs:SendMessage", "arn:q"), Policies(resource=policy))
    assert decision.allowed is allowed


def test_a_null_statement_is_ignored():
    """AWS::NoValue in a list becomes null, as in the trust policy of a role of `cdk bootstrap`."""
    allowed = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    assert is_allowed([{"Statement": [None, allowed]}], "s3:GetObject", OBJECT)
    assert len(read_policy("p", {"Statement": [None, allowed]}).statements) == 1
