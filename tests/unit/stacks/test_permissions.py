"""Policies are derived from needed actions and known scopes; wildcards have a reason."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from stacks.application import new_app
from stacks.common.acknowledge import acknowledge_wildcards
from stacks.common.permissions import Scope, derived_policy
from stacks.config import ConfigurationError
from tests.synthesis import statements

SCOPES = {
    "s3:GetObject": Scope(resources=["arn:aws:s3:::lake/runs"]),
    "logs:*": Scope(resources=["arn:aws:logs:::*"], reason="Streams are named later."),
    "s3:PutObject": Scope(resources=[]),
}


@pytest.fixture
def stack(tmp_path):
    return cdk.Stack(new_app(tmp_path), "Stack")


def policy(stack, actions):
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    return derived_policy(stack, "Policy", role=role, actions=actions, scopes=SCOPES)


def test_each_action_is_allowed_where_its_scope_says(stack):
    policy(stack, ["logs:PutLogEvents", "s3:GetObject"])
    template = cdk.App.of(stack).synth().get_stack_by_name("Stack").template
    (made,) = [
        each for each in template["Resources"].values() if each["Type"] == "AWS::IAM::Policy"
    ]
    assert [(each["Action"], each["Resource"]) for each in statements(made)] == [
        (["logs:PutLogEvents"], ["arn:aws:logs:::*"]),
        (["s3:GetObject"], ["arn:aws:s3:::lake/runs"]),
    ]


def test_an_action_without_resources_is_not_allowed(stack):
    """A processing job without outputs writes no objects; IAM rejects an empty statement."""
    policy(stack, ["s3:GetObject", "s3:PutObject"])
    template = cdk.App.of(stack).synth().get_stack_by_name("Stack").template
    (made,) = [
        each for each in template["Resources"].values() if each["Type"] == "AWS::IAM::Policy"
    ]
    assert [each["Action"] for each in statements(made)] == [["s3:GetObject"]]


def test_an_action_without_a_scope_is_refused(stack):
    with pytest.raises(ConfigurationError, match=r"lambda:InvokeFunction.*execution_scopes\.py"):
        policy(stack, ["lambda:InvokeFunction"])


def test_a_wildcard_needs_a_reason():
    with pytest.raises(ConfigurationError, match="wildcard.*state the reason"):
        Scope(resources=["arn:aws:s3:::*"])


def test_only_what_is_an_arn_can_be_explained(stack):
    with pytest.raises(ValueError, match="is not an ARN"):
        acknowledge_wildcards(stack, [cdk.Fn.get_azs()], "Zones are no ARN.")
