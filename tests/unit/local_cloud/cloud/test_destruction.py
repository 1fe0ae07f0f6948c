"""A green CLI is not believed: what is there or gone against the templates is named."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from local_cloud.deployment.verify_deletion import deletion_problems, existing_resources
from local_cloud.faults import FAULTS
from local_cloud.faults.fault import Fault
from local_cloud.resources.sns import Topic

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "one"}}


def queue(name, **more):
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}, **more}


@pytest.fixture
def at_once(monkeypatch):
    """Nobody tries a call twice."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    yield
    FAULTS.clear()


def test_what_is_still_there_and_what_should_have_stayed_is_named(stacks, cloud):
    kept = queue("kept", DeletionPolicy="Retain")
    stacks.create("destroyed", {"Kept": kept, "Queue": queue("gone"), "Topic": TOPIC})
    before, ids = existing_resources(cloud, ("destroyed", "never-made")), stacks.ids("destroyed")
    assert {each.resource.logical_id for each in before if each.retained} == {"Kept"}
    cloud.client("sqs").delete_queue(QueueUrl=ids["Kept"])
    cloud.client("sqs").delete_queue(QueueUrl=ids["Queue"])
    assert sorted(deletion_problems(cloud, before)) == [
        f"destroyed: Kept (AWS::SQS::Queue), {ids['Kept']}, is gone and should have been retained",
        f"destroyed: Topic (AWS::SNS::Topic), {ids['Topic']}, is still there",
    ]


def test_who_does_not_answer_says_nothing_of_what_is_there(stacks, cloud, at_once):
    stacks.create("silent", {"Queue": queue("silent")})
    before = existing_resources(cloud, ("silent",))
    FAULTS.inject(Fault("throttle", "sqs:*", times=None))
    with pytest.raises(ClientError, match="RequestThrottled"):
        deletion_problems(cloud, before)
    FAULTS.inject(Fault("throttle", "cloudformation:GetTemplate"))
    with pytest.raises(ClientError, match="Throttling"):
        existing_resources(cloud, ("silent",))


def test_what_a_failed_roll_back_has_left_does_not_hinder(stacks, cloud, monkeypatch):
    stacks.create("torn", {"Topic": TOPIC})

    def refuse(topic, before):
        raise ValueError("nothing changes it")

    monkeypatch.setattr(Topic, "update", refuse)
    changed = {**TOPIC, "Properties": {"DisplayName": "two"}, "DependsOn": "Queue"}
    update = {"Topic": changed, "Queue": queue("torn")}
    assert stacks.update("torn", update) == "UPDATE_ROLLBACK_FAILED"
    assert set(stacks.ids("torn")) == {"Topic", "Queue"}
    assert [each.resource.logical_id for each in existing_resources(cloud, ("torn",))] == ["Topic"]
