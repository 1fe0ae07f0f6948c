"""Failed operations: the state after the roll-back, and the operations that follow."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_cloud.cloudformation.stack import LaptopStack
from local_cloud.resources.redshift import Cluster
from local_cloud.resources.sns import Topic
from local_cloud.resources.sqs import Queue


def queue(name, **properties):
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name, **properties}}


def topic(display):
    return {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": display}}


def failing(**more):
    return {"Type": "AWS::SQS::Queue", "Properties": {"Colour": "red"}, **more}


def names(cloud):
    urls = cloud.client("sqs").list_queues().get("QueueUrls", [])
    return {url.rpartition("/")[2] for url in urls}


def test_a_replaced_resource_is_restored(stacks, cloud):
    stacks.create("again", {"Queue": queue("again-one")})
    before = stacks.ids("again")
    replaced = {"Queue": queue("again-two"), "Bad": failing(DependsOn="Queue")}
    assert stacks.update("again", replaced) == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.ids("again") == before
    assert {name for name in names(cloud) if name.startswith("again")} == {"again-one"}
    assert stacks.update("again", {"Queue": queue("again-two")}) == "UPDATE_COMPLETE"
    assert {name for name in names(cloud) if name.startswith("again")} == {"again-two"}


@pytest.mark.parametrize(("policy", "left"), [("Retain", True), ("RetainExceptOnCreate", False)])
def test_new_resources_of_a_failed_update_remain_only_if_always_retained(
    stacks, cloud, policy, left
):
    name = f"made-{policy}"
    stacks.create(name, {"Topic": topic("one")})
    new = {**queue(name), "DeletionPolicy": policy}
    update = {"Topic": topic("one"), "Queue": new, "Bad": failing(DependsOn="Queue")}
    assert stacks.update(name, update) == "UPDATE_ROLLBACK_COMPLETE"
    assert (name in names(cloud)) == left
    assert set(stacks.ids(name)) == {"Topic"}


def test_an_incomplete_change_is_reverted(stacks, cloud, monkeypatch):
    stacks.create("half", {"Queue": queue("half", VisibilityTimeout=10)})
    update = Queue.update

    def fail_after_the_change(resource, before):
        update(resource, before)
        if resource.properties["VisibilityTimeout"] == 20:
            raise ValueError("the answer was lost")

    monkeypatch.setattr(Queue, "update", fail_after_the_change)
    changed = {"Queue": queue("half", VisibilityTimeout=20)}
    assert stacks.update("half", changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert "the answer was lost" in stacks.reason("half")
    shown = cloud.client("sqs").get_queue_attributes(
        QueueUrl=stacks.ids("half")["Queue"], AttributeNames=["VisibilityTimeout"]
    )
    assert shown["Attributes"]["VisibilityTimeout"] == "10"


@pytest.fixture
def stuck(stacks, monkeypatch):
    """A stack whose topic cannot be updated. Yields a function that allows updates again."""
    stacks.create("stuck", {"Topic": topic("one")})

    def refuse(resource, before):
        raise ValueError("nothing changes it")

    with monkeypatch.context() as patch:
        patch.setattr(Topic, "update", refuse)
        assert stacks.update("stuck", {"Topic": topic("two")}) == "UPDATE_ROLLBACK_FAILED"
        yield patch
    stacks.client.delete_stack(StackName="stuck")


def test_a_failed_roll_back_continues_after_its_cause_is_fixed(stacks, stuck):
    with pytest.raises(ClientError, match="UPDATE_ROLLBACK_FAILED state and can not be updated"):
        stacks.update("stuck", {"Topic": topic("three")})
    stacks.client.continue_update_rollback(StackName="stuck")
    assert stacks.status("stuck") == "UPDATE_ROLLBACK_FAILED"
    stuck.undo()
    stacks.client.continue_update_rollback(StackName="stuck")
    assert stacks.status("stuck") == "UPDATE_ROLLBACK_COMPLETE"
    with pytest.raises(ClientError, match="can not continue its roll-back"):
        stacks.client.continue_update_rollback(StackName="stuck")


def test_a_roll_back_continues_without_skipped_resources(stacks, stuck):
    stacks.client.continue_update_rollback(StackName="stuck", ResourcesToSkip=["Topic"])
    assert stacks.status("stuck") == "UPDATE_ROLLBACK_COMPLETE"


def test_a_failed_deletion_after_an_update_is_reported(stacks, cloud, monkeypatch):
    stacks.create("littered", {"Queue": queue("litter"), "Topic": topic("one")})

    def refuse(resource):
        raise ValueError("it is in use")

    monkeypatch.setattr(Queue, "remove", refuse)
    assert stacks.update("littered", {"Topic": topic("one")}) == "UPDATE_COMPLETE"
    assert ("Queue", "DELETE_FAILED") in stacks.events("littered")
    assert "litter" in names(cloud)


def test_an_update_during_an_operation_is_refused(stacks, monkeypatch):
    stacks.create("busy", {"Topic": topic("one")})
    errors = []
    update = Topic.update

    def come_between(resource, before):
        try:
            stacks.update("busy", {"Topic": topic("three")})
        except ClientError as error:
            errors.append(str(error))
        update(resource, before)

    monkeypatch.setattr(Topic, "update", come_between)
    assert stacks.update("busy", {"Topic": topic("two")}) == "UPDATE_COMPLETE"
    assert "is in UPDATE_IN_PROGRESS state and can not be updated" in errors[0]


def test_a_second_deletion_of_a_stack_waits_for_the_first(stacks, cloud, monkeypatch):
    stacks.create("twice", {"Topic": topic("one")})
    once = cloud.client("cloudformation", config=Config(retries={"total_max_attempts": 1}))
    delete, remove, second = LaptopStack.delete, Topic.remove, threading.Barrier(2)
    waited = []

    def meet(stack):
        if waited:
            second.wait(60)
        delete(stack)

    with ThreadPoolExecutor(1) as pool:

        def come_between(resource):
            waited.append(pool.submit(once.delete_stack, StackName="twice"))
            second.wait(60)
            remove(resource)

        monkeypatch.setattr(LaptopStack, "delete", meet)
        monkeypatch.setattr(Topic, "remove", come_between)
        once.delete_stack(StackName="twice")
    assert waited[0].result()
    assert len(waited) == 1


@pytest.fixture
def network(cloud):
    """A subnet and a security group of the default network."""
    ec2 = cloud.client("ec2")
    (subnet, *_) = ec2.describe_subnets()["Subnets"]
    group = ec2.create_security_group(
        GroupName="of-a-cluster", Description="x", VpcId=subnet["VpcId"]
    )
    yield subnet["SubnetId"], group["GroupId"]
    ec2.delete_security_group(GroupId=group["GroupId"])


@pytest.mark.parametrize(("policy", "ended"), [("Retain", False), ("Snapshot", True)])
def test_a_retained_cluster_keeps_its_network(stacks, cloud, network, policy, ended):
    name = f"warehouse-{policy.lower()}"
    stacks.create(name, warehouse(name, policy, network))
    stack_id = stacks.client.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    stacks.client.delete_stack(StackName=name)
    assert stacks.status(stack_id) == ("DELETE_COMPLETE" if ended else "DELETE_FAILED")
    assert len(snapshots_of(cloud, name)) == ended
    if not ended:
        assert "in use by a cluster" in stacks.reason(name)
        with pytest.raises(ClientError, match="DependencyViolation"):
            cloud.client("ec2").delete_security_group(GroupId=network[1])
        cloud.client("redshift").delete_cluster(
            ClusterIdentifier=name, SkipFinalClusterSnapshot=True
        )


def test_a_cluster_whose_deletion_failed_is_deleted_with_one_snapshot(
    stacks, cloud, network, monkeypatch
):
    stacks.create("again-deleted", warehouse("again-deleted", "Snapshot", network))

    def refuse(resource):
        raise ValueError("it is busy")

    with monkeypatch.context() as patch:
        patch.setattr(Cluster, "remove", refuse)
        stacks.client.delete_stack(StackName="again-deleted")
    assert stacks.status("again-deleted") == "DELETE_FAILED"
    (early,) = snapshots_of(cloud, "again-deleted")
    stacks.client.delete_stack(StackName="again-deleted")
    with pytest.raises(ClientError, match="does not exist"):
        stacks.status("again-deleted")
    (late,) = snapshots_of(cloud, "again-deleted")
    assert late["SnapshotCreateTime"] > early["SnapshotCreateTime"]


def warehouse(name, policy, network):
    """Return a cluster in a network, and its subnet group."""
    subnet, group = network
    subnets = {
        "Type": "AWS::Redshift::ClusterSubnetGroup",
        "Properties": {"Description": "x", "SubnetIds": [subnet]},
    }
    cluster = {
        "Type": "AWS::Redshift::Cluster",
        "DeletionPolicy": policy,
        "Properties": {
            "ClusterIdentifier": name,
            "ClusterSubnetGroupName": {"Ref": "Subnets"},
            "ClusterType": "single-node",
            "DBName": "one",
            "MasterUserPassword": "Passw0rd",
            "MasterUsername": "admin",
            "NodeType": "ra3.large",
            "VpcSecurityGroupIds": [group],
        },
    }
    return {"Subnets": subnets, "Cluster": cluster}


def snapshots_of(cloud, name):
    """Return the manual snapshots."""
    found = cloud.client("redshift").describe_cluster_snapshots()["Snapshots"]
    return [s for s in found if (s["ClusterIdentifier"], s["SnapshotType"]) == (name, "manual")]


@pytest.fixture
def grouped(cloud, network):
    """Resources of a cluster in a security group. Each version replaces the previous one."""
    (subnet,) = cloud.client("ec2").describe_subnets(SubnetIds=[network[0]])["Subnets"]

    def resources(version):
        made = warehouse(f"replaced-{version}", "Delete", network)
        group = {"GroupDescription": version, "VpcId": subnet["VpcId"]}
        inside = [{"Fn::GetAtt": ["Group", "GroupId"]}]
        made["Cluster"]["Properties"]["VpcSecurityGroupIds"] = inside
        return {**made, "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": group}}

    return resources


def test_a_replaced_resource_is_deleted_before_its_dependencies(stacks, grouped):
    stacks.create("replaced", grouped("one"))
    assert stacks.update("replaced", grouped("two")) == "UPDATE_COMPLETE"
    assert [event for event in stacks.events("replaced") if event[1] == "DELETE_FAILED"] == []
    stacks.client.delete_stack(StackName="replaced")


def test_a_resource_of_a_failed_update_is_deleted_before_its_dependencies(stacks, grouped):
    stacks.create("added", {"Group": grouped("one")["Group"]})
    before = stacks.ids("added")
    update = {**grouped("two"), "Bad": failing(DependsOn="Cluster")}
    assert stacks.update("added", update) == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.ids("added") == before
    stacks.client.delete_stack(StackName="added")
