"""The verification of a destruction lists resources that wrongly exist or are wrongly deleted."""

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
    """Disable the retries of clients."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    yield
    FAULTS.clear()


def test_remaining_and_wrongly_deleted_resources_are_listed(stacks, cloud):
    kept = queue("kept", DeletionPolicy="Retain")
    stacks.create("destroyed", {"Kept": kept, "Queue": queue("deleted"), "Topic": TOPIC})
    before, ids = existing_resources(cloud, ("destroyed", "never-made")), stacks.ids("destroyed")
    assert {each.resource.logical_id for each in before if each.retained} == {"Kept"}
    cloud.client("sqs").delete_queue(QueueUrl=ids["Kept"])
    cloud.client("sqs").delete_queue(QueueUrl=ids["Queue"])
    assert sorted(deletion_problems(cloud, before)) == [
        f"destroyed: Kept (AWS::SQS::Queue), {ids['Kept']}, "
        "is deleted, but should have been retained",
        f"destroyed: Topic (AWS::SNS::Topic), {ids['Topic']}, still exists",
    ]


def test_an_unavailable_service_is_not_read_as_a_deletion(stacks, cloud, at_once):
    stacks.create("silent", {"Queue": queue("silent")})
    before = existing_resources(cloud, ("silent",))
    FAULTS.inject(Fault("throttle", "sqs:*", times=None))
    with pytest.raises(ClientError, match="RequestThrottled"):
        deletion_problems(cloud, before)
    FAULTS.inject(Fault("throttle", "cloudformation:GetTemplate"))
    with pytest.raises(ClientError, match="Throttling"):
        existing_resources(cloud, ("silent",))


def test_the_resources_of_a_failed_roll_back_are_no_obstacle(stacks, cloud, monkeypatch):
    stacks.create("torn", {"Topic": TOPIC})

    def refuse(topic, before):
        raise ValueError("nothing changes it")

    monkeypatch.setattr(Topic, "update", refuse)
    changed = {**TOPIC, "Properties": {"DisplayName": "two"}, "DependsOn": "Queue"}
    update = {"Topic": changed, "Queue": queue("torn")}
    assert stacks.update("torn", update) == "UPDATE_ROLLBACK_FAILED"
    assert set(stacks.ids("torn")) == {"Topic", "Queue"}
    assert [each.resource.logical_id for each in existing_resources(cloud, ("torn",))] == ["Topic"]
