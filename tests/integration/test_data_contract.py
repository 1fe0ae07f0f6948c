"""A run whose data do not meet the contract trains no model, unless a person accepts the data."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from tests.integration.laptop import Laptop, deployed, statuses, step

pytestmark = pytest.mark.laptop

PIPELINE = "redline-local-tickit"
TICKETS = "SUM(s.qtysold)"
TRAINING = ["Train", "Baseline", "Evaluate", "CheckError", "CreateModel", "RegisterModel"]


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """A laptop cloud of its own, whose query finds a tenth of the tickets."""
    with deployed(tmp_path_factory.mktemp("contract"), "tickit") as laptop:
        client = laptop.client("sagemaker")
        described = client.describe_pipeline(PipelineName=PIPELINE)
        definition = described["PipelineDefinition"]
        assert TICKETS in definition
        changed = definition.replace(TICKETS, f"({TICKETS} + 9) / 10")
        client.update_pipeline(PipelineName=PIPELINE, PipelineDefinition=changed)
        yield laptop


@pytest.fixture(scope="module")
def rejected(broken):
    """The summary of the first run."""
    return broken.json("start", PIPELINE, code=1)


def accept(laptop: Laptop, digest: str, *, code: int = 0) -> str:
    """Run `make accept-data` and return its output."""
    reason = ("--reason", "sales are slow in this test")
    ended = laptop.run("accept-data", "tickit", digest, *reason, code=code)
    return ended.stdout + ended.stderr


def test_the_failure_names_the_rule_and_no_model_is_trained(broken, rejected):
    assert rejected["status"] == "Failed"
    reason = step(rejected, "RejectData")["reason"]
    assert "target_mean of total_sold: 4." in reason
    assert "allowed is at least 15.0 and at most 100.0" in reason
    assert re.search(r"ENV=local PIPELINE=tickit DIGEST=[0-9a-f]{64} ", reason)
    assert {each["name"] for each in rejected["steps"]}.isdisjoint(TRAINING)
    assert broken.packages() == []


def test_only_the_data_that_a_person_accepts_are_trained_on(broken, rejected):
    assert "none of the last 1 failed executions" in accept(broken, "0" * 64, code=2)
    digest = re.search(r"DIGEST=(\w+)", step(rejected, "RejectData")["reason"]).group(1)
    assert "accepted these data" in accept(broken, digest)

    accepted = broken.json("start", PIPELINE)
    assert statuses(accepted, TRAINING) == dict.fromkeys(TRAINING, "Succeeded")
    (package,) = broken.packages()
    described = broken.client("sagemaker").describe_model_package(ModelPackageName=package)
    profile = described["CustomerMetadataProperties"]["data_profile"]
    report = json.loads(broken.read(profile.replace("profile.json", "contract.json")))
    assert report["verdict"] == "accepted"
    assert report["accepted"]["reason"] == "sales are slow in this test"
    assert report["digest"] == digest
    assert report["profile"] == hashlib.sha256(broken.read(profile)).hexdigest()
