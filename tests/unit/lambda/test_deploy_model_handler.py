"""The function `deploy_model`, which updates an endpoint to the newest approved package."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from local_cloud.tests.deployed_models import ENDPOINT, REQUESTS, Pages, package_arn, refusal
from tests.unit.deployer_world import change_settings, invoked


@pytest.fixture
def world(load_handler, context, monkeypatch):
    return invoked(load_handler("deploy_model"), context, monkeypatch)


def test_the_first_approval_creates_the_endpoint(world):
    world.decide(1, "Approved")
    (name,) = world.sagemaker.configs
    assert name.startswith(f"{ENDPOINT}-v1-")
    assert world.status == "Creating"
    world.finish()
    assert world.served == 1
    assert world.tags == {"Project": "redline", "ModelPackage": package_arn(1)}


def test_the_model_has_the_package_and_the_settings_of_the_stack(world):
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


def test_a_newer_approval_updates_the_endpoint_with_the_deployment_config_of_the_stack(world):
    world.serve(1)
    world.serve(2)
    assert world.served == 2
    (update,) = world.sagemaker.updates
    assert REQUESTS["deployment"].items() <= update["DeploymentConfig"].items()
    assert update["RetainAllVariantProperties"] is True
    assert world.tags["ModelPackage"] == package_arn(2)


def test_the_alarms_of_an_update_measure_the_new_fleet_alone(world):
    """https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html"""
    world.serve(1)
    world.decide(2, "Approved")
    config = world.sagemaker.pending
    (update,) = world.sagemaker.updates
    rollback = update["DeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"]
    names = [alarm["AlarmName"] for alarm in rollback]
    assert names == [f"{config}-errors", f"{config}-latency"] == list(world.cloudwatch.alarms)
    for name, request in zip(names, REQUESTS["rollback_alarms"].values(), strict=True):
        alarm = world.cloudwatch.alarms[name]
        assert request.items() <= alarm.items()
        assert {each["Name"]: each["Value"] for each in alarm["Dimensions"]} == {
            "EndpointName": ENDPOINT,
            "VariantName": "AllTraffic",
            "EndpointConfigName": config,
        }


@pytest.mark.parametrize("error", [None, "broken"])
def test_the_alarms_of_a_deployment_are_deleted_at_its_end(world, error):
    world.serve(1)
    assert world.cloudwatch.alarms == {}, "a new endpoint has nothing to roll back to"
    world.decide(2, "Approved")
    assert len(world.cloudwatch.alarms) == 2
    world.finish(error=error)
    assert world.cloudwatch.alarms == {}


def test_the_alarms_of_an_update_that_was_refused_are_deleted(world, monkeypatch):
    """Another invocation updated the endpoint to a newer version first."""
    world.serve(1)
    update = world.sagemaker.update_endpoint

    def update_to_newer_version_first(**request):
        monkeypatch.setattr(world.sagemaker, "update_endpoint", update)
        world.decide(3, "Approved")
        return update(**request)

    monkeypatch.setattr(world.sagemaker, "update_endpoint", update_to_newer_version_first)
    world.decide(2, "Approved")
    assert {name.split("-")[3] for name in world.cloudwatch.alarms} == {"v3"}
    world.finish()
    assert (world.served, world.cloudwatch.alarms) == (3, {})


def test_an_instance_count_outside_the_limits_is_not_retained(world):
    world.serve(1)
    world.sagemaker.endpoint["ProductionVariants"] = [{"DesiredInstanceCount": 5}]
    world.serve(2)
    assert world.sagemaker.updates[0]["RetainAllVariantProperties"] is False


def test_a_repeated_event_changes_nothing(world):
    world.serve(1)
    before = json.dumps([world.sagemaker.configs, world.sagemaker.tags], default=str)
    world.decide(1, "Approved")
    assert world.sagemaker.updates == []
    assert json.dumps([world.sagemaker.configs, world.sagemaker.tags], default=str) == before


def test_approving_an_older_version_changes_nothing(world):
    world.serve(2)
    world.decide(1, "Approved")
    assert world.sagemaker.updates == []


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_two_approvals_at_once_deploy_the_newer_version(world, order):
    world.serve(1)
    for version in order:
        world.decide(version, "Approved")
    while world.status == "Updating":
        world.finish()
    assert world.served == 3


def test_an_approval_waits_for_an_update_that_another_invocation_started(world, monkeypatch):
    world.serve(1)
    update = world.sagemaker.update_endpoint

    def update_twice(**request):
        update(**request)
        return update(**request)

    monkeypatch.setattr(world.sagemaker, "update_endpoint", update_twice)
    world.decide(2, "Approved")
    assert world.tags["Deploying"] == world.sagemaker.pending
    world.finish()
    assert world.served == 2
    assert "Deploying" not in world.tags


def test_a_failed_deployment_without_the_deploying_tag_is_reported(world, monkeypatch):
    """The response of UpdateEndpoint was lost, or the function ended before it set the tag."""
    world.serve(1)
    add_tags = world.sagemaker.add_tags

    def time_out(**request):
        monkeypatch.setattr(world.sagemaker, "add_tags", add_tags)
        raise TimeoutError

    monkeypatch.setattr(world.sagemaker, "add_tags", time_out)
    with pytest.raises(TimeoutError):
        world.decide(2, "Approved")
    world.decide(2, "Approved")  # Lambda retries the event
    world.finish(error="the model does not load")
    assert world.served == 1
    assert len(world.sagemaker.updates) == 1
    (message,) = world.topic.messages
    assert "the model does not load" in message


def test_a_deployment_by_another_tool_is_not_recorded(world):
    world.serve(1)
    world.sagemaker.pending = "by-hand"
    world.sagemaker.endpoint["EndpointStatus"] = "Updating"
    world.decide(1, "Approved")
    assert "Deploying" not in world.tags


@pytest.mark.parametrize("call", range(1, 16))
@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_interleaved_invocations_deploy_the_newer_version(world, order, call):
    first, second = order
    world.serve(1)
    interrupted = InterruptedSageMaker(
        world.sagemaker, call, lambda: world.decide(second, "Approved")
    )
    world.use_once(interrupted)
    world.decide(first, "Approved")
    if not interrupted.happened:
        world.decide(second, "Approved")
    while world.status == "Updating":
        world.finish()
    assert world.served == 3
    assert world.topic.messages == []
    assert world.cloudwatch.alarms == {}


class InterruptedSageMaker:
    """Runs `interrupt` once, before the n-th call of SageMaker."""

    def __init__(self, sagemaker, number, interrupt):
        self._sagemaker, self._number, self._interrupt = sagemaker, number, interrupt
        self.calls, self.happened = 0, False

    def get_paginator(self, name):
        return Pages(getattr(self, name))

    def __getattr__(self, name):
        call = getattr(self._sagemaker, name)

        def counted(**request):
            self.calls += 1
            if self.calls == self._number:
                self.happened = True
                self._interrupt()
            return call(**request)

        return counted


def test_other_errors_of_update_endpoint_are_raised(world):
    world.serve(1)
    world.sagemaker.endpoint["EndpointStatus"] = "OutOfService"
    with pytest.raises(Exception, match="in-progress"):
        world.decide(2, "Approved")


def test_a_failed_update_keeps_the_old_version_and_is_reported_once(world):
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


def test_the_reason_of_a_failure_is_a_tag_of_the_configuration(world):
    world.serve(1)
    world.decide(2, "Approved")
    world.finish(error="It <broke>; see the log: " + "x" * 300)
    (failed,) = [config for config in world.sagemaker.configs if "-v2-" in config]
    reason = world.sagemaker.tags[f"config/{failed}"]["DeploymentFailed"]
    assert reason.startswith("It broke see the log: xxx")
    assert len(reason) == 256


def test_a_failed_version_is_retried_only_after_it_is_rejected_and_approved(world):
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


def test_a_newer_version_is_deployed_after_a_failed_one(world):
    world.serve(1)
    world.decide(2, "Approved")
    world.finish(error="broken")
    world.serve(3)
    assert world.served == 3


def test_rejecting_the_version_in_service_deploys_the_newest_approved_one(world):
    for version in (1, 2, 3):
        world.serve(version)
    world.decide(1, "Rejected")
    assert world.status == "InService"
    world.decide(3, "Rejected")
    world.finish()
    assert world.served == 2
    assert world.topic.messages == []


def test_rejecting_the_version_in_service_skips_a_failed_one(world):
    world.serve(1)
    world.decide(2, "Approved")
    world.finish(error="broken")
    world.serve(3)
    world.decide(3, "Rejected")
    world.finish()
    assert world.served == 1


def test_rejecting_the_only_version_keeps_it_in_service_and_sends_an_alert(world):
    world.serve(1)
    world.decide(1, "Rejected")
    assert (world.status, world.served) == ("InService", 1)
    (message,) = world.topic.messages
    assert "was rejected and is still in service" in message
    assert f"delete the endpoint {ENDPOINT}" in message


def test_setting_the_version_in_service_back_to_pending_changes_nothing(world):
    world.serve(1)
    world.serve(2)
    world.sagemaker.statuses[2] = "PendingManualApproval"
    world.call({"detail": {"EndpointName": ENDPOINT, "EndpointStatus": "IN_SERVICE"}})
    assert (world.status, world.served) == ("InService", 2)


def test_without_an_approved_package_nothing_is_created(world):
    world.decide(1, "Rejected")
    assert world.sagemaker.endpoint is None
    assert world.sagemaker.models == {}


def test_a_failed_first_deployment_keeps_the_endpoint(world):
    world.decide(1, "Approved")
    world.finish(error="broken")
    world.call({})
    assert (world.status, len(world.topic.messages)) == ("Failed", 1)
    assert "No model is in service" in world.topic.messages[0]


def test_the_next_approval_recreates_a_failed_endpoint(world):
    world.decide(1, "Approved")
    world.finish(error="broken")
    world.serve(2)
    assert (world.status, world.served) == ("InService", 2)


def test_a_failed_endpoint_is_recreated_with_an_older_approved_version(world):
    world.sagemaker.statuses = {1: "Approved"}
    world.decide(2, "Approved")
    world.finish(error="broken")
    assert world.status == "Creating"
    world.finish()
    assert world.served == 1


def test_a_failed_endpoint_that_is_not_deleted_in_time_is_an_error(world, context, monkeypatch):
    world.decide(1, "Approved")
    world.finish(error="broken")
    monkeypatch.setattr(world.sagemaker, "delete_endpoint", lambda **_: None)
    context.seconds = -1
    with pytest.raises(Exception, match="still being deleted"):
        world.decide(2, "Approved")


def test_an_approval_during_a_deletion_recreates_the_endpoint(world, monkeypatch):
    """An earlier invocation deleted the failed endpoint and timed out while it waited."""
    world.decide(1, "Approved")
    world.finish(error="broken")
    world.sagemaker.endpoint["EndpointStatus"] = "Deleting"
    pauses = iter(range(3))

    def finish_deletion(_seconds):
        if next(pauses, None) is None:
            world.sagemaker.endpoint = None

    monkeypatch.setattr(time, "sleep", finish_deletion)
    world.decide(2, "Approved")
    assert world.status == "Creating"
    world.finish()
    assert world.served == 2


def test_the_endpoint_may_disappear_between_two_calls(world, monkeypatch):
    world.decide(1, "Approved")
    world.finish(error="broken")
    monkeypatch.setattr(world.sagemaker, "delete_endpoint", lambda **_: None)
    describe, calls = world.sagemaker.describe_endpoint, []

    def disappear_after_describe(**names):
        found = describe(**names)
        calls.append(found)
        if len(calls) == 3:  # the function makes the first two calls before the deletion
            world.sagemaker.tags.pop(world.sagemaker.endpoint["EndpointArn"])
            world.sagemaker.endpoint = None
        return found

    monkeypatch.setattr(world.sagemaker, "describe_endpoint", disappear_after_describe)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    world.decide(2, "Approved")
    assert world.status == "Creating"


@pytest.mark.parametrize("status", ["Deleting", None])
def test_a_deletion_whose_response_was_lost_counts_as_done(world, monkeypatch, status):
    world.decide(1, "Approved")
    world.finish(error="broken")
    deleting = dict(world.sagemaker.endpoint, EndpointStatus="Deleting")

    def delete(**_names):
        world.sagemaker.endpoint = deleting if status else None
        raise refusal("Could not find endpoint, or it is being deleted")

    monkeypatch.setattr(world.sagemaker, "delete_endpoint", delete)
    monkeypatch.setattr(time, "sleep", lambda _: setattr(world.sagemaker, "endpoint", None))
    world.serve(2)
    assert (world.status, world.served) == ("InService", 2)


def test_a_refused_deletion_of_a_failed_endpoint_is_an_error(world, monkeypatch):
    world.decide(1, "Approved")
    world.finish(error="broken")

    def delete(**_names):
        raise refusal("not allowed")

    monkeypatch.setattr(world.sagemaker, "delete_endpoint", delete)
    with pytest.raises(ClientError, match="not allowed"):
        world.decide(2, "Approved")


@pytest.mark.parametrize("call", ["create_model", "create_endpoint_config", "create_endpoint"])
def test_a_creation_whose_response_was_lost_counts_as_done(world, monkeypatch, call):
    create = getattr(world.sagemaker, call)

    def create_twice(**request):
        create(**request)
        create(**request)

    monkeypatch.setattr(world.sagemaker, call, create_twice)
    world.serve(1)
    assert (world.status, world.served) == ("InService", 1)
    assert (len(world.sagemaker.models), len(world.sagemaker.configs)) == (1, 1)


def test_the_version_in_service_is_scaled(world):
    world.serve(1)
    target, policy = world.autoscaling.target, world.autoscaling.policy
    assert target["ResourceId"] == f"endpoint/{ENDPOINT}/variant/AllTraffic"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 4)
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["TargetValue"] == 600.0


def test_a_fixed_number_of_instances_is_not_scaled(world, monkeypatch):
    world.serve(1)
    change_settings(monkeypatch, scaling={"Min": 2, "Max": 2, "InvocationsPerInstance": 600})
    world.call({})
    assert world.autoscaling.target is None
    world.call({})
    assert world.sagemaker.updates == []


def test_an_endpoint_follows_the_settings_of_its_stack(world, monkeypatch):
    world.serve(1)
    change_settings(
        monkeypatch, variant={"InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 2}
    )
    world.call({})
    assert world.status == "Updating"
    assert world.autoscaling.target is None, (
        "SageMaker does not change the instance type of a scaled variant"
    )
    world.finish()
    assert world.served == 1
    assert world.autoscaling.target is not None


def test_settings_that_fail_do_not_deploy_an_older_package(world, monkeypatch):
    world.serve(1)
    world.serve(2)
    change_settings(monkeypatch, variant={"InstanceType": "ml.m5.huge", "InitialInstanceCount": 2})
    world.call({})
    world.finish(error="no such type")
    assert (world.status, world.served) == ("InService", 2)
