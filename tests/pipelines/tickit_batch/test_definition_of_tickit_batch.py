"""tickit-batch's definition: the golden text, and the properties that a run depends on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler.lint import lint
from tests.definitions import definition
from tests.unit.golden import as_text, check_golden

GOLDEN = Path(__file__).parent / "golden" / "tickit-batch.json"
PACKAGE = {"Get": "Steps.LatestModel.OutputParameters['model_package_arn']"}


@pytest.fixture(scope="module")
def body():
    return definition("tickit-batch").body


def arguments(body, name):
    (found,) = [step.arguments for step in steps_of(body) if step.name == name]
    return found


def test_the_definition_is_the_golden_one(body, repository):
    query = (repository / "pipeline_code" / "tickit_batch" / "query.sql").read_text().strip()
    check_golden(as_text(body).replace(json.dumps(query), '"(the text of query.sql)"'), GOLDEN)


def test_the_linter_finds_nothing(body):
    assert lint(body) == []


def test_without_a_model_or_rows_nothing_is_predicted_and_nothing_fails(body):
    gate = arguments(body, "HasWork")
    assert [condition["LeftValue"]["Get"] for condition in gate["Conditions"]] == [
        "Steps.LatestModel.OutputParameters['status']",
        "Steps.Extract.OutputParameters['status']",
    ]
    assert {condition["RightValue"] for condition in gate["Conditions"]} == {"Found"}
    assert [step["Name"] for step in gate["IfSteps"]] == [
        "CreateModel", "Transform", "LoadPredictions"
    ]  # fmt: skip
    assert gate["ElseSteps"] == []
    assert arguments(body, "LatestModel")["required"] == "OFF"
    assert arguments(body, "Extract")["rows_required"] == "OFF"


def test_the_model_is_the_one_that_was_found(body):
    assert arguments(body, "CreateModel")["PrimaryContainer"]["ModelPackageName"] == PACKAGE
    transform = arguments(body, "Transform")
    assert transform["ModelName"] == {"Get": "Steps.CreateModel.ModelName"}


def test_predictions_name_the_columns_outside_the_training_rows(body):
    """CreateModel has all variables of the application: none is lost if they replace others."""
    environment = arguments(body, "CreateModel")["PrimaryContainer"]["Environment"]
    assert environment["OUTSIDE_TRAINING"] == "column"
    assert {"SAGEMAKER_SERVING_MODULE", "PYTHONPATH", "PIPELINE"} < set(environment)
    assert arguments(body, "LoadPredictions")["columns"].endswith(",outside_training")


def test_the_model_that_was_used_is_recorded_with_the_job_and_with_the_rows(body):
    tags = {tag["Key"]: tag["Value"] for tag in arguments(body, "Transform")["Tags"]}
    assert tags["ModelPackage"] == PACKAGE
    assert arguments(body, "LoadPredictions")["model_package_arn"] == PACKAGE


def test_exactly_the_unloaded_files_are_scored_without_a_header(body):
    assert arguments(body, "Extract")["format"] == "CSV_WITHOUT_HEADER"
    source = arguments(body, "Transform")["TransformInput"]
    assert source["CompressionType"] == "Gzip"
    assert source["SplitType"] == "Line"
    assert source["DataSource"]["S3DataSource"] == {
        "S3DataType": "ManifestFile",
        "S3Uri": {"Get": "Steps.Extract.OutputParameters['manifest_uri']"},
    }


def test_the_model_sees_no_key_and_the_answer_stands_beside_it(body):
    assert arguments(body, "Transform")["DataProcessing"] == {
        "InputFilter": "$[1:]",
        "JoinSource": "Input",
        "OutputFilter": "$",
    }


def test_what_was_predicted_is_loaded_and_counted(body):
    load = arguments(body, "LoadPredictions")
    assert load["s3_uri"] == {"Get": "Steps.Transform.TransformOutput.S3OutputPath"}
    assert load["rows"] == {"Get": "Steps.Extract.OutputParameters['rows']"}
    assert load["table"] == "tickit_predictions"


def test_only_the_model_s_role_is_handed_on():
    manifest = definition("tickit-batch").manifest
    assert manifest.roles == ("Model",)
    assert {"s3:GetObject", "s3:PutObject"} <= set(manifest.job("Model").actions)
    assert "sagemaker:DescribeModelPackage" in manifest.execution.actions
