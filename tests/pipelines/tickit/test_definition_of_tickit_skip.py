"""tickit that skips unchanged data: what runs without new data, and what carries the fingerprint.

Source of the cache keys: https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-default-keys.html
"""

from __future__ import annotations

import pytest

from local_cloud.definition_rules.document import steps_of
from local_cloud.definition_rules.targets import EXECUTION_ID
from pipeline_code.compiler import queries_of
from pipeline_code.compiler.lint import lint
from tests.definitions import definition

FINGERPRINT = {"Get": "Steps.CompareData.OutputParameters['fingerprint']"}
EXTRACTIONS = ("dataset", "unload", "long_unload")


def skipping(extraction):
    return definition("tickit", extraction=extraction, unchanged="skip").body


def step(body, name):
    (found,) = [each.document for each in steps_of(body) if each.name == name]
    return found


@pytest.mark.parametrize("extraction", EXTRACTIONS)
def test_without_new_data_only_the_comparison_runs(extraction):
    body = skipping(extraction)
    assert [each["Name"] for each in body["Steps"]] == ["CompareData", "HasNewData"]
    gate = step(body, "HasNewData")["Arguments"]
    (condition,) = gate["Conditions"]
    assert condition == {
        "Type": "Equals",
        "LeftValue": {"Get": "Steps.CompareData.OutputParameters['status']"},
        "RightValue": "Found",
    }
    assert gate["ElseSteps"] == []
    assert lint(body) == []


@pytest.mark.parametrize("extraction", EXTRACTIONS)
def test_the_rows_that_are_compared_are_those_that_are_extracted(extraction):
    body = skipping(extraction)
    compared = step(body, "CompareData")["Arguments"]
    if extraction == "dataset":
        dataset = step(body, "Preprocess")["Arguments"]["ProcessingInputs"][1]["DatasetDefinition"]
        assert compared["query"] == dataset["RedshiftDatasetDefinition"]["QueryString"]
    else:
        extracted = step(body, "Extract")["Arguments"]
        names = {name for name in extracted if name.startswith("value_")} | {"query"}
        assert len(names) == 3
        assert {name: compared[name] for name in names} == {n: extracted[n] for n in names}
    assert queries_of("tickit", body)["CompareData"] == compared["query"]


@pytest.mark.parametrize("extraction", ["unload", "long_unload"])
def test_the_location_of_the_rows_carries_the_fingerprint(extraction):
    arguments = step(skipping(extraction), "Extract")["Arguments"]
    parts = arguments["s3_uri"]["Std:Join"]["Values"]
    assert parts[2:] == ["unload", "tickit", FINGERPRINT, "Extract", ""]
    assert arguments["fingerprint"] == FINGERPRINT


def test_a_dataset_is_unloaded_to_a_location_of_the_execution():
    """No page of AWS says what SageMaker's UNLOAD does with files of an earlier job."""
    (_, given) = step(skipping("dataset"), "Preprocess")["Arguments"]["ProcessingInputs"]
    location = given["DatasetDefinition"]["RedshiftDatasetDefinition"]["OutputS3Uri"]
    assert {"Get": EXECUTION_ID} in location["Std:Join"]["Values"]


@pytest.mark.parametrize("extraction", EXTRACTIONS)
def test_the_registered_model_has_the_fingerprint(extraction):
    register = step(skipping(extraction), "RegisterModel")["Arguments"]
    assert register["CustomerMetadataProperties"]["data_fingerprint"] == FINGERPRINT


def test_a_start_may_run_all_steps_without_new_data():
    (found,) = [
        each for each in skipping("unload")["Parameters"] if each["Name"] == "UnchangedData"
    ]
    assert found == {
        "Name": "UnchangedData",
        "Type": "String",
        "DefaultValue": "skip",
        "EnumValues": ["skip", "continue"],
    }


def test_the_default_trains_on_unchanged_data():
    body = definition("tickit").body
    assert {"CompareData", "HasNewData"}.isdisjoint(each.name for each in steps_of(body))
    assert "UnchangedData" not in {each["Name"] for each in body["Parameters"]}
