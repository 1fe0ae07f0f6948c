"""insurance's definition: the golden text, and its properties."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler import Place
from pipeline_code.compiler.lint import lint
from tests.definitions import definition
from tests.unit.golden import as_text, check_golden

GOLDEN = Path(__file__).parent / "golden" / "insurance.json"


@pytest.fixture(scope="session")
def insurance():
    return definition("insurance").body


@pytest.fixture(scope="session")
def steps(insurance):
    return {step.name: step for step in steps_of(insurance)}


def uris(value):
    """Yield every S3 URI in a document, unchanged."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key.endswith("S3Uri") or key.endswith("_URI"):
                yield item
            else:
                yield from uris(item)
    elif isinstance(value, list):
        for item in value:
            yield from uris(item)


def test_the_definition_is_the_golden_one(insurance):
    check_golden(as_text(insurance), GOLDEN)


def test_the_linter_finds_nothing(insurance):
    assert lint(insurance) == []


def test_parameters_are_of_all_four_kinds(insurance):
    own = {each["Name"]: (each["Type"], each["DefaultValue"]) for each in insurance["Parameters"]}
    assert own == {
        "ProcessingInstanceType": ("String", "ml.t3.medium"),
        "ProcessingInstanceCount": ("Integer", 1),
        "DatasetDate": ("String", "2000-01-01"),
        "MaxRefusedShare": ("Float", 0.0),
        "Labels": ("Boolean", True),
        "MinConfidence": ("Float", 0.999),
        "TrainingInstanceType": ("String", "ml.m5.large"),
        "InferenceInstanceType": ("String", "ml.m5.large"),
        "ModelApprovalStatus": ("String", "PendingManualApproval"),
    }


def test_every_uri_is_joined_or_a_property_of_a_step(insurance):
    found = list(uris(insurance["Steps"]))
    assert len(found) == 29
    assert all(set(uri) <= {"Std:Join", "Get"} for uri in found)


def test_the_date_is_the_folder_of_the_raw_files(steps):
    inputs = {each["InputName"]: each for each in steps["etl"].arguments["ProcessingInputs"]}
    raw = inputs["raw"]["S3Input"]
    assert raw["S3Uri"]["Std:Join"] == {
        "On": "/",
        "Values": [
            "s3:/",
            {"Get": "Environment.LakeBucket"},
            "incoming",
            "insurance",
            {"Get": "Parameters.DatasetDate"},
            "raw",
            "",
        ],
    }
    assert raw["S3DataDistributionType"] == "ShardedByS3Key"


def test_the_set_is_published_after_all_of_it_was_stored(steps):
    inputs = {each["InputName"]: each for each in steps["publish"].arguments["ProcessingInputs"]}
    assert inputs["report"]["S3Input"]["S3Uri"]["Get"].startswith("Steps.etl.")
    cluster = steps["publish"].arguments["ProcessingResources"]["ClusterConfig"]
    assert cluster["InstanceCount"] == 1


def test_only_the_steps_that_use_the_pointer_or_the_registry_have_a_network(steps):
    isolated = {
        name: step.arguments["NetworkConfig"]["EnableNetworkIsolation"]
        for name, step in steps.items()
        if step.type == "Processing"
    }
    assert isolated == {
        "etl": True,
        "publish": False,
        "separate": True,
        "checkData": False,
        "evaluate": False,
    }


def test_every_job_is_tagged_with_the_data_set(steps):
    assert definition("insurance").manifest.tags == {
        "DATASET": "InsCOIL",
        "MODELS": "Insurance Co Example",
        "Pipeline": "insurance",
        "Project": "redline",
        "SOURCE": "UCI",
    }
    for step in steps.values():
        if step.type not in ("Processing", "Training"):
            continue
        tags = {tag["Key"]: tag["Value"] for tag in step.arguments["Tags"]}
        assert {"DATASET": "InsCOIL", "SOURCE": "UCI"}.items() <= tags.items()


def test_the_role_may_read_and_move_the_pointer():
    manifest = definition("insurance").manifest
    assert set(manifest.roles) == {"Processing", "Training"}
    (job,) = [need.job for need in manifest.steps if need.step == "publish"]
    # A conditional write with If-Match requires PutObject and GetObject, and no further action.
    assert {"s3:GetObject", "s3:PutObject", "kms:Decrypt", "kms:GenerateDataKey"} <= set(
        job.actions
    )
    assert Place("kept", "insurance") in job.reads
    assert Place("kept", "insurance", "latest.json") in job.writes


def test_a_model_is_registered_only_if_it_is_better_than_a_random_choice(steps):
    conditions = steps["checkLift"].arguments["Conditions"]
    (confidence, champion) = conditions
    assert confidence["Type"] == champion["Type"] == "GreaterThanOrEqualTo"
    path = confidence["LeftValue"]["Std:JsonGet"]["Path"]
    assert path == "binary_classification_metrics.confidence.value"
    assert confidence["RightValue"] == {"Get": "Parameters.MinConfidence"}
    assert [step["Name"] for step in steps["checkLift"].arguments["IfSteps"]] == ["registerModel"]
    request = steps["registerModel"].arguments
    assert request["ModelApprovalStatus"] == {"Get": "Parameters.ModelApprovalStatus"}


def test_a_model_is_trained_on_a_set_that_was_published(insurance):
    (separate,) = [step for step in insurance["Steps"] if step["Name"] == "separate"]
    assert separate["DependsOn"] == ["publish"]
