"""Stack policies and termination protection, as CloudFormation enforces them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
QUEUES = {"StringEquals": {"ResourceType": ["AWS::SQS::Queue"]}}
KEEP_QUEUES = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": ["Update:Replace", "Update:Delete"],
    "Resource": "*",
    "Condition": QUEUES,
}
KEEP_TOPIC = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "Update:*",
    "Resource": "LogicalResourceId/Topic",
}


def queue(name, seconds=30):
    properties = {"QueueName": name, "VisibilityTimeout": seconds}
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def topic(display="one"):
    return {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": display}}


@pytest.fixture(scope="module")
def kept(stacks):
    """A stack whose queue must not be replaced or deleted, and whose topic must not change."""
    stacks.create("kept", {"Queue": queue("kept"), "Topic": topic()})
    policy = json.dumps({"Statement": [ALLOW, KEEP_QUEUES, KEEP_TOPIC]})
    stacks.client.set_stack_policy(StackName="kept", StackPolicyBody=policy)
    assert stacks.client.get_stack_policy(StackName="kept")["StackPolicyBody"] == policy
    return stacks.ids("kept")


@pytest.mark.parametrize(
    ("changed", "denied"),
    [
        ({"Queue": queue("other"), "Topic": topic()}, "#2] does not allow [Update:Replace]"),
        ({"Topic": topic()}, "#2] does not allow [Update:Delete]"),
        ({"Queue": queue("kept"), "Topic": topic("two")}, "#3] does not allow [Update:Modify]"),
        ({"Queue": queue("kept")}, "#3] does not allow [Update:Delete]"),
    ],
)
def test_a_denied_change_is_rolled_back(stacks, kept, changed, denied):
    assert stacks.update("kept", changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert f"Action denied by stack policy: Statement [{denied} for resource " in stacks.reason(
        "kept"
    )
    assert stacks.ids("kept") == kept


def test_other_changes_are_allowed(stacks, kept):
    changed = {"Queue": queue("kept", 40), "Topic": topic(), "More": queue("more")}
    assert stacks.update("kept", changed) == "UPDATE_COMPLETE"


def test_what_no_statement_allows_is_denied(stacks):
    stacks.create("closed", {"Topic": topic()})
    policy = json.dumps({"Statement": [KEEP_QUEUES]})
    stacks.client.set_stack_policy(StackName="closed", StackPolicyBody=policy)
    assert stacks.update("closed", {"Topic": topic("two")}) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Action not allowed by stack policy" in stacks.reason("closed")


@pytest.mark.parametrize(
    "statement",
    [
        {**ALLOW, "Effect": "Permit"},
        {**ALLOW, "Principal": {"AWS": "arn:aws:iam::1:role/a"}},
        {**ALLOW, "Condition": {"StringEquals": {"aws:username": "a"}}},
        {key: ALLOW[key] for key in ("Effect", "Principal", "Resource")},
    ],
)
def test_an_invalid_policy_is_rejected(stacks, kept, statement):
    policy = json.dumps({"Statement": [statement]})
    with pytest.raises(ClientError, match="Invalid stack policy"):
        stacks.client.set_stack_policy(StackName="kept", StackPolicyBody=policy)


def test_a_policy_for_one_update_is_refused(stacks, kept):
    with pytest.raises(ClientError, match="does not support StackPolicyDuringUpdateBody"):
        stacks.client.update_stack(
            StackName="kept",
            TemplateBody=json.dumps({"Resources": {"Topic": topic()}}),
            StackPolicyDuringUpdateBody=json.dumps({"Statement": [ALLOW]}),
        )


def test_a_protected_stack_cannot_be_deleted(stacks):
    stacks.create("safe", {"Topic": topic()})
    switch = stacks.client.update_termination_protection
    switch(StackName="safe", EnableTerminationProtection=True)
    (shown,) = stacks.client.describe_stacks(StackName="safe")["Stacks"]
    assert shown["EnableTerminationProtection"]
    with pytest.raises(ClientError, match="cannot be deleted while TerminationProtection"):
        stacks.client.delete_stack(StackName="safe")
    switch(StackName="safe", EnableTerminationProtection=False)
    stacks.client.delete_stack(StackName="safe")
