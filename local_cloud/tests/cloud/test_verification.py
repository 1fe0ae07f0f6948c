"""The verification of a deployment lists missing resources."""

from __future__ import annotations

import json

import pytest

from local_cloud.deployment.assembly import StackArtifact, read_assembly
from local_cloud.deployment.verify_deployment import deployment_problems
from local_cloud.errors import DeployFailed
from local_cloud.resources.sqs import QueuePolicy

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "verified"}}
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {}}


def artifact(name, resources):
    return StackArtifact(name=name, region="us-east-1", template={"Resources": resources})


def test_a_missing_resource_is_listed(stacks, cloud):
    resources = {"Queue": QUEUE, "Topic": TOPIC}
    stacks.create("verified", resources)
    assert deployment_problems(cloud, (artifact("verified", resources),)) == []
    url = stacks.ids("verified")["Queue"]
    cloud.client("sqs").delete_queue(QueueUrl=url)
    (problem,) = deployment_problems(cloud, (artifact("verified", resources),))
    assert problem.startswith(f"verified: Queue (AWS::SQS::Queue), {url}, does not exist")


def test_a_resource_that_was_not_created_is_listed(stacks, cloud):
    stacks.create("half", {"Topic": TOPIC})
    wanted = artifact("half", {"Topic": TOPIC, "Queue": QUEUE})
    assert deployment_problems(cloud, (wanted,)) == [
        "half: Queue (AWS::SQS::Queue) was not created"
    ]


def test_a_stack_that_failed_gives_its_reason(stacks, cloud):
    stacks.create("bad", {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"Colour": "red"}}})
    (problem,) = deployment_problems(cloud, (artifact("bad", {}),))
    assert problem.startswith("bad is in ROLLBACK_COMPLETE: Queue (AWS::SQS::Queue): ")


def test_a_type_without_a_check_is_a_problem(stacks, cloud):
    stacks.create("unchecked", {"Topic": TOPIC})
    wanted = artifact("unchecked", {"Topic": {"Type": "AWS::Odd::Thing"}})
    assert "cannot be verified" in deployment_problems(cloud, (wanted,))[0]


def write_assembly(folder, *, missing=()):
    artifacts = {}
    for name, needs in (("second", ["first"]), ("first", ["first.assets"])):
        (folder / f"{name}.json").write_text(json.dumps({"Resources": {"Topic": TOPIC}}))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/us-east-1",
            "dependencies": needs,
            "properties": {"templateFile": f"{name}.json", "stackName": f"app-{name}"},
        }
    artifacts["first.assets"] = {"type": "cdk:asset-manifest"}
    manifest = {"artifacts": artifacts, "missing": [{"key": key} for key in missing]}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_stacks_follow_their_dependencies(tmp_path):
    write_assembly(tmp_path)
    stacks = read_assembly(tmp_path)
    assert [stack.name for stack in stacks] == ["app-first", "app-second"]
    assert stacks[0].region == "us-east-1"
    assert stacks[0].types == {"Topic": "AWS::SNS::Topic"}


def test_a_look_up_is_refused(tmp_path):
    write_assembly(tmp_path, missing=["availability-zones"])
    with pytest.raises(DeployFailed, match="availability-zones"):
        read_assembly(tmp_path)


@pytest.fixture
def littering(stacks, cloud):
    """A stack whose update failed to delete a bucket. Yields a function that lists its problems."""
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "full-of-litter"}}
    stacks.create("littering", {"Topic": TOPIC, "Bucket": bucket})
    cloud.client("s3").put_object(Bucket="full-of-litter", Key="a", Body=b"x")
    assert stacks.update("littering", {"Topic": TOPIC}) == "UPDATE_COMPLETE"
    yield lambda: deployment_problems(cloud, (artifact("littering", {"Topic": TOPIC}),))
    stacks.client.delete_stack(StackName="littering")


def sweep(cloud):
    cloud.client("s3").delete_object(Bucket="full-of-litter", Key="a")
    cloud.client("s3").delete_bucket(Bucket="full-of-litter")


def test_a_resource_that_an_update_could_not_delete_is_listed_until_its_deletion(littering, cloud):
    (problem,) = littering()
    assert problem.startswith(
        "littering: Bucket (AWS::S3::Bucket), full-of-litter, could not be deleted: "
    )
    sweep(cloud)
    assert littering() == []


def test_a_resource_that_an_update_could_not_delete_is_listed_until_the_next_update(
    littering, stacks, cloud
):
    assert len(littering()) == 1
    stacks.update("littering", {"Topic": TOPIC, "Queue": {"Type": "AWS::SQS::Queue"}})
    assert littering() == []
    sweep(cloud)


def test_a_resource_that_needs_its_template_is_listed_until_the_next_update(
    stacks, cloud, monkeypatch
):
    def refuse(resource):
        raise ValueError("it is in use")

    monkeypatch.setattr(QueuePolicy, "remove", refuse)
    policy = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Statement": []}},
    }
    queue = {"Type": "AWS::SQS::Queue"}
    stacks.create("policed", {"Queue": queue, "Policy": policy})
    assert stacks.update("policed", {"Queue": queue}) == "UPDATE_COMPLETE"
    (problem,) = deployment_problems(cloud, (artifact("policed", {"Queue": queue}),))
    assert problem.startswith("policed: Policy (AWS::SQS::QueuePolicy), ")
