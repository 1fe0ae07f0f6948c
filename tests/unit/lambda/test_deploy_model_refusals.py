"""The function `deploy_model` refuses models that were replaced, and records refusals."""

from datetime import timedelta

import pytest

from local_cloud.tests.deployed_models import REGISTERED, model_of
from tests.unit.deployer_world import change_settings, invoked


@pytest.fixture
def world(load_handler, context, monkeypatch):
    return invoked(load_handler("deploy_model"), context, monkeypatch)


def replace_model(world, version, content=b"other"):
    """Overwrite the model of a version, after it was registered."""
    world.s3.objects[f"v{version}/model.tar.gz"] = (content, REGISTERED + timedelta(minutes=5))


def refused(world):
    """The versions that are marked as refused."""
    return [v for v, own in world.sagemaker.properties.items() if "deployment_refused" in own]


def test_a_replaced_model_is_refused_when_it_is_approved(world):
    world.serve(1)
    replace_model(world, 2)
    world.decide(2, "Approved")
    assert (world.status, world.served) == ("InService", 1)
    assert [name for name in world.sagemaker.models if "-v2-" in name] == []
    (message,) = world.topic.messages
    assert "is not the one that was evaluated" in message
    assert "s3://lake/v2/model.tar.gz has the SHA-256" in message
    assert world.cloudwatch.metrics == ["Redline/RefusedModels"]
    assert refused(world) == [2]


def test_a_refused_model_is_reported_once(world):
    world.serve(1)
    replace_model(world, 2)
    world.decide(2, "Approved")
    world.decide(2, "Approved")
    assert len(world.topic.messages) == 1


def test_a_replaced_model_is_refused_when_the_endpoint_goes_back_to_it(world):
    world.serve(1)
    world.serve(2)
    replace_model(world, 1)
    world.decide(2, "Rejected")
    assert (world.status, world.served) == ("InService", 2)
    assert ["refused" in each for each in world.topic.messages] == [True, False]
    assert "is still in service" in world.topic.messages[1]


def test_a_restored_model_is_deployed_after_it_is_rejected_and_approved(world):
    world.serve(1)
    intact = world.s3.objects["v2/model.tar.gz"]
    replace_model(world, 2)
    world.decide(2, "Approved")
    world.s3.objects["v2/model.tar.gz"] = intact
    world.decide(2, "Rejected")
    assert refused(world) == []
    world.serve(2)
    assert world.served == 2


@pytest.mark.parametrize("served", [True, False])
def test_a_version_without_a_digest_is_deployed_if_its_object_is_older_than_it(world, served):
    """A package of an earlier release keeps working after an upgrade."""
    describe = world.sagemaker.describe_model_package

    def describe_without_digest(**names):
        package = describe(**names)
        del package["CustomerMetadataProperties"]["model_sha256"]
        return package

    world.sagemaker.describe_model_package = describe_without_digest
    if not served:
        replace_model(world, 1, model_of(1))
    world.decide(1, "Approved")
    assert (world.sagemaker.endpoint is not None) == served
    assert refused(world) == ([] if served else [1])


def test_a_model_that_is_too_large_to_verify_is_refused(world, monkeypatch):
    module = world._handler.beside.model_packages
    monkeypatch.setattr(module, "MOST_BYTES", 3)
    world.decide(1, "Approved")
    assert world.sagemaker.endpoint is None
    assert "7 bytes, at most 3 can be verified" in world.topic.messages[0]


def test_a_version_that_was_rolled_back_is_refused_until_it_is_rejected(world):
    """Batch predictions and monitoring must not use it."""
    world.serve(1)
    world.decide(2, "Approved")
    world.finish(error="It <broke>")
    assert world.sagemaker.properties[2] == {"deployment_refused": "It broke"}
    world.decide(2, "Rejected")
    assert refused(world) == []


def test_a_version_in_service_whose_new_settings_fail_is_not_refused(world, monkeypatch):
    world.serve(1)
    change_settings(monkeypatch, variant={"InstanceType": "ml.m5.huge", "InitialInstanceCount": 2})
    world.call({})
    world.finish(error="no such type")
    assert refused(world) == []
    assert (world.status, world.served) == ("InService", 1)


def test_a_rejection_without_a_refusal_updates_nothing(world, monkeypatch):
    """An update of a package sends an event, which invokes the function again."""
    world.serve(1)
    monkeypatch.setattr(world.sagemaker, "update_model_package", lambda **_: pytest.fail())
    world.decide(1, "Rejected")
