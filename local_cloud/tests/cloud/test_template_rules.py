"""Rules of a template are checked before a stack is created or updated."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from local_cloud.cloudformation.rules import UnsupportedRule, failed_assertions

SIZE = {"Parameters": {"Size": {"Type": "String", "Default": "small"}}}
TOPIC = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def rules(condition, **more):
    assertion = {"Assert": condition, "AssertDescription": "it must hold"}
    return {**SIZE, **TOPIC, "Rules": {"Checked": {"Assertions": [assertion], **more}}}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"Fn::Equals": [{"Ref": "Size"}, "small"]}, True),
        ({"Fn::Equals": ["a", "b"]}, False),
        ({"Fn::Contains": [["small", "large"], {"Ref": "Size"}]}, True),
        ({"Fn::Not": [{"Fn::Contains": [["large"], {"Ref": "Size"}]}]}, True),
        ({"Fn::And": [{"Fn::Equals": ["a", "a"]}, {"Fn::Equals": ["a", "b"]}]}, False),
        ({"Fn::Or": [{"Fn::Equals": ["a", "a"]}, {"Fn::Equals": ["a", "b"]}]}, True),
    ],
)
def test_an_assertion_that_does_not_hold_is_named(condition, holds):
    found = list(failed_assertions(rules(condition), {}))
    assert found == ([] if holds else ["Checked: it must hold"])


def test_a_rule_with_a_condition_is_checked_only_if_it_holds():
    template = rules(
        {"Fn::Equals": ["a", "b"]}, RuleCondition={"Fn::Equals": [{"Ref": "Size"}, "large"]}
    )
    assert list(failed_assertions(template, {})) == []
    assert list(failed_assertions(template, {"Size": "large"})) == ["Checked: it must hold"]


def test_other_functions_are_refused_by_name():
    with pytest.raises(UnsupportedRule, match="Fn::EachMemberIn"):
        list(failed_assertions(rules({"Fn::EachMemberIn": [["a"], ["a", "b"]]}), {}))


def test_a_stack_is_neither_created_nor_updated_against_a_rule(cloud):
    client = cloud.client("cloudformation")
    small = json.dumps(rules({"Fn::Equals": [{"Ref": "Size"}, "small"]}))
    large = [{"ParameterKey": "Size", "ParameterValue": "large"}]
    with pytest.raises(ClientError, match="Checked: it must hold"):
        client.create_stack(StackName="ruled", TemplateBody=small, Parameters=large)
    client.create_stack(StackName="ruled", TemplateBody=small)
    with pytest.raises(ClientError, match="Checked: it must hold"):
        client.update_stack(StackName="ruled", TemplateBody=small, Parameters=large)
    client.delete_stack(StackName="ruled")
