"""The S3 locations that the roles of a definition read and write."""

from __future__ import annotations

import pytest

from tests.crosscheck.actions import required_actions
from tests.crosscheck.storage import INPUT, MODELS, UNLOADED, Reach, registered_images

LAKE = {"Get": "Environment.LakeBucket"}


def lake(*words, on="/"):
    return {"Std:Join": {"On": on, "Values": ["s3:/", LAKE, *words]}}


def test_the_roles_of_demand(body):
    reach = required_actions(body).reach
    assert reach["ProcessingRoleArn"] == Reach(
        reads=("code", "kept/demand/", "models", "runs/demand/", "unload/demand/"),
        writes=(
            "kept/demand/*/Baseline/baseline/",
            "kept/demand/*/Evaluate/evaluation/",
            "runs/demand/*/Preprocess/baseline/",
            "runs/demand/*/Preprocess/test/",
            "runs/demand/*/Preprocess/train/",
        ),
        images=("ModelMonitorImageUri", "SklearnImageUri"),
    )
    assert reach["TrainingRoleArn"] == Reach(
        reads=("code", "runs/demand/"),
        writes=("kept/demand/*/Train/model/",),
        images=("SklearnImageUri",),
    )
    assert reach["ModelRoleArn"] == Reach(reads=("kept/demand/",), images=("SklearnImageUri",))


def test_sagemaker_itself_reads_what_it_evaluates_and_registers(body):
    assert required_actions(body).reach["execution"] == Reach(reads=("kept/demand/",))


def test_the_images_of_registered_models(body):
    assert registered_images(body) == ("SklearnImageUri",)
    assert registered_images({"Steps": []}) == ()


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        (lake("incoming", "a", {"Get": "Parameters.Day"}), "incoming/a/"),
        (lake({"Get": "Parameters.InputData"}), INPUT),
        ({"Std:Join": {"On": "", "Values": ["s3://", LAKE, "/x"]}}, INPUT),
        ({"Get": "Steps.Extract.OutputParameters['manifest_uri']"}, UNLOADED),
        ({"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}, "kept/demand/"),
        ("s3://elsewhere/x", None),
    ],
)
def test_inputs(body, uri, place):
    body["Steps"].append({"Name": "Extract", "Type": "Lambda", "Arguments": {}})
    train = next(step for step in body["Steps"] if step["Name"] == "Train")
    source = {"DataSource": {"S3DataSource": {"S3Uri": uri}}}
    train["Arguments"]["InputDataConfig"] = [source]
    expected = () if place is None else (place,)
    assert required_actions(body).reach["TrainingRoleArn"].reads == expected


def test_a_job_with_the_group_in_its_environment_reads_its_models_files(body):
    train = next(step for step in body["Steps"] if step["Name"] == "Train")
    train["Arguments"]["Environment"] = {"GROUP": {"Get": "Environment.ModelPackageGroupName"}}
    assert MODELS in required_actions(body).reach["TrainingRoleArn"].reads


def test_a_transform_job_reaches_with_the_role_of_its_model():
    model = {"PrimaryContainer": {"ModelPackageName": {"Get": "Parameters.P"}}}
    transform = {
        "ModelName": {"Get": "Steps.M.ModelName"},
        "TransformInput": {"DataSource": {"S3DataSource": {"S3Uri": lake("runs", "p", "x")}}},
        "TransformOutput": {"S3OutputPath": lake("runs", "p", "y")},
    }
    role = {"ExecutionRoleArn": {"Get": "Environment.ModelRoleArn"}}
    body = {
        "Parameters": [],
        "Steps": [
            {"Name": "M", "Type": "Model", "Arguments": {**model, **role}},
            {"Name": "T", "Type": "Transform", "Arguments": transform},
        ],
    }
    assert required_actions(body).reach["ModelRoleArn"] == Reach(
        reads=(MODELS, "runs/p/"), writes=("runs/p/y/",), images=(MODELS,)
    )
