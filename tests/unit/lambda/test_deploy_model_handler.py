"""The function that brings an endpoint to the newest approved model."""

import json
import time

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.unit.deployed_models import (
    ENDPOINT,
    GROUP,
    REQUESTS,
    VARIABLES,
    Autoscaling,
    Pages,
    SageMaker,
    Topic,
    package_arn,
    refusal,
)


class World:
    """The account as the function finds it, and the events that call it."""

    def __init__(self, handler, context):
        self._handler, self._context = handler, context
        self.sagemaker, self.autoscaling, self.topic = SageMaker(), Autoscaling(), Topic()
        self._next = None

    def between(self, sagemaker):
        """The next client of SageMaker that is made; those after it are as always."""
        self._next = sagemaker

    def client(self, service, **_):
        if service == "sagemaker" and self._next is not None:
            made, self._next = self._next, None
            return made
        return {
            "sagemaker": self.sagemaker,
            "application-autoscaling": self.autoscaling,
            "sns": self.topic,
        }[service]

    def decide(self, version, status):
        """Approve or reject a package, and tell the function."""
        self.sagemaker.statuses[version] = status
        self.call(
            {
                "detail": {
                    "ModelPackageGroupName": GROUP,
                    "ModelPackageArn": package_arn(version),
                    "ModelApprovalStatus": status,
                }
            }
        )

    def finish(self, *, error=None):
        """End the deployment, and tell the function."""
        self.sagemaker.finish(error=error)
        self.call({"detail": {"EndpointName": ENDPOINT, "EndpointStatus": "IN_SERVICE"}})

    def serve(self, version):
        """Approve a package and let its deployment end well."""
        self.decide(version, "Approved")
        self.finish()

    def call(self, event):
        self._handler.handler(event, self._context)

    @property
    def status(self):
        return self.sagemaker.endpoint["EndpointStatus"]

    @property
    def served(self):
        """The version that answers."""
        return int(self.sagemaker.endpoint["EndpointConfigName"].split("-v")[1].split("-")[0])

    @property
    def tags(self):
        return self.sagemaker.tags[f"endpoint/{ENDPOINT}"]


@pytest.fixture
def world(load_handler, context, monkeypatch):
    handler = load_handler("deploy_model")
    world = World(handler, context)
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "client", world.client)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    return world


def test_the_first_approval_makes_an_endpoint(world):
    world.decide(1, "Approved")
    (name,) = world.sagemaker.configs
    assert name.startswith(f"{ENDPOINT}-v1-")
    assert world.status == "Creating"
    world.finish()
    assert world.served == 1
    assert world.tags == {"Project": "redline", "ModelPackage": package_arn(1)}


def test_the_model_is_made_from_the_package_as_the_stack_says(world):
    world.serve(1)
    ((name, model),) = world.sagemaker.models.items()
    assert model["Containers"] == [{"ModelPackageName": package_arn(1)}]
    assert REQUESTS["model"].items() <= model.items()
    config = world.sagemaker.configs[name]
    assert config["ProductionVariants"] == [
        {"VariantName": "AllTraffic", "ModelName": name, **REQUESTS["variant"]}
    ]
    assert config["KmsKeyId"] == "key"
    assert world.sagemaker.tags[f"config/{name}"]["ModelPackage"] == package_arn(1)


def test_a_newer_approval_updates_by_the_stacks_deployment(world):
    world.serve(1)
    world.serve(2)
    assert world.served == 2
    (update,) = world.sagemaker.updates
    assert update["DeploymentConfig"] == REQUESTS["deployment"]
    assert update["RetainAllVariantProperties"] is True
    assert world.tags["ModelPackage"] == package_arn(2)


def test_a_number_of_instances_that_is_no_longer_allowed_is_not_kept(world):
    world.serve(1)
    world.sagemaker.endpoint["ProductionVariants"] = [{"DesiredInstanceCount": 5}]
    world.serve(2)
    assert world.sagemaker.updates[0]["RetainAllVariantProperties"] is False


def test_the_same_event_again_changes_nothing(world):
    world.serve(1)
    before = json.dumps([world.sagemaker.configs, world.sagemaker.tags], default=str)
    world.decide(1, "Approved")
    assert world.sagemaker.updates == []
    assert json.dumps([world.sagemaker.configs, world.sagemaker.tags], default=str) == before


def test_an_older_approval_changes_nothing(world):
    world.serve(2)
    world.decide(1, "Approved")
    assert world.sagemaker.updates == []


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_two_approvals_at_once_end_with_the_newer(world, order):
    world.serve(1)
    for version in order:
        world.decide(version, "Approved")
    while world.status == "Updating":
        world.finish()
    assert world.served == 3


def test_an_approval_while_another_run_begins_an_update_waits_for_its_end(world, monkeypatch):
    world.serve(1)
    update = world.sagemaker.update_endpoint

    def outrun(**request):
        update(**request)
        return update(**request)

    monkeypatch.setattr(world.sagemaker, "update_endpoint", outrun)
    world.decide(2, "Approved")
    assert world.tags["Deploying"] == world.sagemaker.pending
    world.finish()
    assert world.served == 2
    assert "Deploying" not in world.tags


def test_a_failed_deployment_whose_beginning_nobody_could_note_is_told(world, monkeypatch):
    """The answer to UpdateEndpoint was lost, or the run ended before it could set a tag."""
    world.serve(1)
    add_tags = world.sagemaker.add_tags

    def end(**request):
        monkeypatch.setattr(world.sagemaker, "add_tags", add_tags)
        raise TimeoutError

    monkeypatch.setattr(world.sagemaker, "add_tags", end)
    with pytest.raises(TimeoutError):
        world.decide(2, "Approved")
    world.decide(2, "Approved")  # Lambda calls again
    world.finish(error="the model does not load")
    assert world.served == 1
    assert len(world.sagemaker.updates) == 1
    (message,) = world.topic.messages
    assert "the model does not load" in message


def test_what_somebody_else_deploys_by_hand_is_not_noted(world):
    world.serve(1)
    world.sagemaker.pending = "by-hand"
    world.sagemaker.endpoint["EndpointStatus"] = "Updating"
    world.decide(1, "Approved")
    assert "Deploying" not in world.tags


@pytest.mark.parametrize("call", range(1, 16))
@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_runs_between_any_two_calls_of_each_other_end_with_the_newer(world, order, call):
    first, second = order
    world.serve(1)
    between = Between(world.sagemaker, call, lambda: world.decide(second, "Approved"))
    world.between(between)
    world.decide(first, "Approved")
    if not between.happened:
        world.decide(second, "Approved")
    while world.status == "Updating":
        world.finish()
    assert world.served == 3
    assert world.topic.messages == []


class Between:
    """A SageMaker before whose n-th call something else happens, once."""

    def __init__(self, sagemaker, number, happens):
        self._sagemaker, self._number, self._happens = sagemaker, number, happens
        self.calls, self.happened = 0, False

    def get_paginator(self, name):
        return Pages(getattr(self, name))

    def __getattr__(self, name):
        call = getattr(self._sagemaker, name)

        def counted(**request):
            self.calls += 1
            if self.calls == self._number:
                self.happened = True
                self._happens()
            return call(**request)

        return counted


def test_another_refusal_of_an_update_is_an_error(world):
    world.serve(1)
    world.sagemaker.endpoint["EndpointStatus"] = "OutOfService"
    with pytest.raises(Exception, match="in-progress"):
        world.decide(2, "Approved")


def test_an_update_that_fails_leaves_the_old_one_and_is_told_once(world):
    world.serve(1)
    world.decide(2, "Approved")
    world.finish(error="The model's container did not answer /ping (it ended).")
    world.call({"detail": {"EndpointName": ENDPOINT, "EndpointStatus": "IN_SERVICE"}})
    assert world.served == 1
    assert world.status == "InService"
    (message,) = world.topic.messages
    assert f"{ENDPOINT}-v2-" in message
    assert "did not answer /ping" in message
    assert f"{ENDPOINT}-v1-" in message


def test_why_it_failed_is_written_to_the_configuration(world):
    world.serve(1)
    world.decide(2, "Approved")
    world.finish(error="It <broke>; see the log: " + "x" * 300)
    (failed,) = [config for config in world.sagemaker.configs if "-v2-" in config]
    reason = world.sagemaker.tags[f"config/{failed}"]["DeploymentFailed"]
    assert reason.startswith("It broke see the log: xxx")
    assert len(reason) == 256


def test_what_failed_is_not_tried_again_until_it_is_rejected_and_approved(world):
    world.serve(1)
    world.decide(2, "Approved")
    world.finish(error="broken")
    world.decide(2, "Approved")
    assert world.status == "InService"
    world.decide(2, "Rejected")
    assert world.status == "InService"
    world.decide(2, "Approved")
    assert world.status == "Updating"
    world.finish()
    assert world.served == 2


def test_a_newer_one_is_deployed_after_one_that_failed(world):
    world.serve(1)
    world.decide(2, "Approved")
    world.finish(error="broken")
    world.serve(3)
    assert world.served == 3


def test_rejecting_what_answers_brings_the_newest_approved_one_back(world):
    for version in (1, 2, 3):
        world.serve(version)
    world.decide(1, "Rejected")
    assert world.status == "InService"
    world.decide(3, "Rejected")
    world.finish()
    assert world.served == 2
    assert world.topic.messages == []


def test_rejecting_what_answers_passes_over_one_that_failed(world):
    world.serve(1)
    world.decide(2, "Approved")
    world.finish(error="broken")
    world.serve(3)
    world.decide(3, "Rejected")
    world.finish()
    assert world.served == 1


def test_rejecting_the_only_one_keeps_it_and_tells(world):
    world.serve(1)
    world.decide(1, "Rejected")
    assert (world.status, world.served) == ("InService", 1)
    (message,) = world.topic.messages
    assert "was rejected and still answers" in message
    assert f"delete the endpoint {ENDPOINT}" in message


def test_what_answers_and_waits_for_approval_again_is_left_alone(world):
    world.serve(1)
    world.serve(2)
    world.sagemaker.statuses[2] = "PendingManualApproval"
    world.call({"detail": {"EndpointName": ENDPOINT, "EndpointStatus": "IN_SERVICE"}})
    assert (world.status, world.served) == ("InService", 2)


def test_without_an_approved_package_nothing_is_made(world):
    world.decide(1, "Rejected")
    assert world.sagemaker.endpoint is None
    assert world.sagemaker.models == {}


def test_a_first_deployment_that_fails_stays_to_be_looked_at(world):
    world.decide(1, "Approved")
    world.finish(error="broken")
    world.call({})
    assert (world.status, len(world.topic.messages)) == ("Failed", 1)
    assert "Nothing answers" in world.topic.messages[0]


def test_a_failed_endpoint_is_made_anew_by_the_next_approval(world):
    world.decide(1, "Approved")
    world.finish(error="broken")
    world.serve(2)
    assert (world.status, world.served) == ("InService", 2)


def test_a_failed_endpoint_goes_back_to_an_older_approved_one(world):
    world.sagemaker.statuses = {1: "Approved"}
    world.decide(2, "Approved")
    world.finish(error="broken")
    assert world.status == "Creating"
    world.finish()
    assert world.served == 1


def test_a_failed_endpoint_that_does_not_go_is_an_error(world, context, monkeypatch):
    world.decide(1, "Approved")
    world.finish(error="broken")
    monkeypatch.setattr(world.sagemaker, "delete_endpoint", lambda **_: None)
    context.seconds = -1
    with pytest.raises(Exception, match="still being deleted"):
        world.decide(2, "Approved")


def test_an_approval_while_the_endpoint_is_deleted_makes_it_anew(world, monkeypatch):
    """A run that deleted a failed endpoint was ended while it waited; Lambda calls again."""
    world.decide(1, "Approved")
    world.finish(error="broken")
    world.sagemaker.endpoint["EndpointStatus"] = "Deleting"
    looks = iter(range(3))

    def go(_seconds):
        if next(looks, None) is None:
            world.sagemaker.endpoint = None

    monkeypatch.setattr(time, "sleep", go)
    world.decide(2, "Approved")
    assert world.status == "Creating"
    world.finish()
    assert world.served == 2


def test_an_endpoint_may_go_at_any_moment_while_its_end_is_waited_for(world, monkeypatch):
    world.decide(1, "Approved")
    world.finish(error="broken")
    monkeypatch.setattr(world.sagemaker, "delete_endpoint", lambda **_: None)
    describe, looks = world.sagemaker.describe_endpoint, []

    def go_when_looked_at(**names):
        found = describe(**names)
        looks.append(found)
        if len(looks) == 3:  # the first two are of the run's beginning
            world.sagemaker.tags.pop(world.sagemaker.endpoint["EndpointArn"])
            world.sagemaker.endpoint = None
        return found

    monkeypatch.setattr(world.sagemaker, "describe_endpoint", go_when_looked_at)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    world.decide(2, "Approved")
    assert world.status == "Creating"


@pytest.mark.parametrize("status", ["Deleting", None])
def test_a_deletion_without_an_answer_was_done(world, monkeypatch, status):
    world.decide(1, "Approved")
    world.finish(error="broken")
    gone = dict(world.sagemaker.endpoint, EndpointStatus="Deleting")

    def delete(**_names):
        world.sagemaker.endpoint = gone if status else None
        raise refusal("Could not find endpoint, or it is being deleted")

    monkeypatch.setattr(world.sagemaker, "delete_endpoint", delete)
    monkeypatch.setattr(time, "sleep", lambda _: setattr(world.sagemaker, "endpoint", None))
    world.serve(2)
    assert (world.status, world.served) == ("InService", 2)


def test_a_failed_endpoint_that_may_not_be_deleted_is_an_error(world, monkeypatch):
    world.decide(1, "Approved")
    world.finish(error="broken")

    def delete(**_names):
        raise refusal("not allowed")

    monkeypatch.setattr(world.sagemaker, "delete_endpoint", delete)
    with pytest.raises(ClientError, match="not allowed"):
        world.decide(2, "Approved")


@pytest.mark.parametrize("call", ["create_model", "create_endpoint_config", "create_endpoint"])
def test_what_was_made_without_an_answer_is_taken(world, monkeypatch, call):
    make = getattr(world.sagemaker, call)

    def twice(**request):
        make(**request)
        make(**request)

    monkeypatch.setattr(world.sagemaker, call, twice)
    world.serve(1)
    assert (world.status, world.served) == ("InService", 1)
    assert (len(world.sagemaker.models), len(world.sagemaker.configs)) == (1, 1)


def test_what_answers_is_scaled(world):
    world.serve(1)
    target, policy = world.autoscaling.target, world.autoscaling.policy
    assert target["ResourceId"] == f"endpoint/{ENDPOINT}/variant/AllTraffic"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 4)
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["TargetValue"] == 600.0


def changed(monkeypatch, **parts):
    requests = {**REQUESTS, **parts}
    monkeypatch.setenv("REQUESTS", json.dumps(requests))


def test_a_fixed_number_of_instances_is_not_scaled(world, monkeypatch):
    world.serve(1)
    changed(monkeypatch, scaling={"Min": 2, "Max": 2, "InvocationsPerInstance": 600})
    world.call({})
    assert world.autoscaling.target is None
    world.call({})
    assert world.sagemaker.updates == []


def test_an_endpoint_follows_the_settings_of_its_stack(world, monkeypatch):
    world.serve(1)
    changed(monkeypatch, variant={"InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 2})
    world.call({})
    assert world.status == "Updating"
    assert world.autoscaling.target is None, "a scaled variant keeps its instance type"
    world.finish()
    assert world.served == 1
    assert world.autoscaling.target is not None


def test_settings_that_fail_leave_an_older_package_where_it_is(world, monkeypatch):
    world.serve(1)
    world.serve(2)
    changed(monkeypatch, variant={"InstanceType": "ml.m5.huge", "InitialInstanceCount": 2})
    world.call({})
    world.finish(error="no such type")
    assert (world.status, world.served) == ("InService", 2)
