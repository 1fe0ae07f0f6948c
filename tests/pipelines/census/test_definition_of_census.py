"""census's definition: the golden texts with both kinds of training, and their properties."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler import Place, compiled
from pipeline_code.compiler.lint import lint
from tests.definitions import definition
from tests.pipelines.census.test_census_whole_data import SHIPPED
from tests.unit.golden import as_text, check_golden

GOLDEN = Path(__file__).parent / "golden"
TRAININGS = ("built-in", "script")


@pytest.fixture(scope="session")
def bodies():
    """Training -> body of the definition."""
    return {training: definition("census", training=training).body for training in TRAININGS}


@pytest.fixture(params=TRAININGS)
def training(request):
    return request.param


def arguments_of(body, name):
    """Return the arguments of a step, which may be in a branch."""
    return next(step.arguments for step in steps_of(body) if step.name == name)


@pytest.fixture
def body(bodies, training):
    return bodies[training]


@pytest.fixture
def steps(body):
    return {step.name: step for step in steps_of(body)}


def test_the_definition_is_the_golden_one(body, training):
    check_golden(as_text(body), GOLDEN / f"census-{training}.json")


def test_without_an_option_the_algorithm_trains(bodies):
    assert compiled("census").body == bodies["built-in"]


def test_the_linter_finds_nothing(body):
    assert lint(body) == []


def test_the_steps_are_named_as_published(body, steps, training):
    assert [step["Name"] for step in body["Steps"]] == [
        "adultProcess",
        "adultCheckData",
        "adultHasValidData",
    ]
    data = steps["adultHasValidData"].arguments
    packaged = ["adultPackage"] if training == "built-in" else []
    trained = ["adultTrain", *packaged, "adultEval", "adultAccCond"]
    assert [step["Name"] for step in data["IfSteps"]] == trained
    assert [step["Name"] for step in data["ElseSteps"]] == ["adultRejectData"]
    gate = steps["adultAccCond"].arguments
    accepted = [step["Name"] for step in gate["IfSteps"]]
    assert accepted == ["adultCreateModel", "adultRegisterModel"]
    assert [step["Name"] for step in gate["ElseSteps"]] == ["adultReject"]


def test_own_parameters(body):
    own = {each["Name"]: (each["Type"], each["DefaultValue"]) for each in body["Parameters"]}
    assert own == {
        "ProcessingInstanceCount": ("Integer", 1),
        "ProcessingInstanceType": ("String", "ml.m5.large"),
        "TrainingInstanceCount": ("Integer", 1),
        "TrainingInstanceType": ("String", "ml.m5.large"),
        "ModelApprovalStatus": ("String", "PendingManualApproval"),
        "InputData": ("String", "incoming/census/adult.csv"),
        "AccuracyThreshold": ("Float", 0.8),
    }


def test_the_file_is_read_from_the_lake_by_one_step_alone(steps, training):
    inputs = steps["adultProcess"].arguments["ProcessingInputs"]
    (data,) = (item["S3Input"] for item in inputs if item["InputName"] == "data")
    values = ["s3:/", {"Get": "Environment.LakeBucket"}, {"Get": "Parameters.InputData"}]
    assert data["S3Uri"]["Std:Join"]["Values"] == values
    assert data["S3DataDistributionType"] == "ShardedByS3Key"
    needs = definition("census", training=training).manifest.steps
    incoming = Place("incoming", "census")
    assert [need.step for need in needs if incoming in need.job.reads] == ["adultProcess"]


def test_both_trainings_have_the_same_hyperparameters(bodies):
    for body in bodies.values():
        assert arguments_of(body, "adultTrain")["HyperParameters"] == SHIPPED


def test_the_algorithm_has_no_command_and_the_script_has_one(bodies):
    algorithms = {
        training: arguments_of(body, "adultTrain")["AlgorithmSpecification"]
        for training, body in bodies.items()
    }
    assert "ContainerEntrypoint" not in algorithms["built-in"]
    assert algorithms["script"]["ContainerEntrypoint"][-1] == "train"
    channels = arguments_of(bodies["built-in"], "adultTrain")["InputDataConfig"]
    found = {channel["ChannelName"]: channel["ContentType"] for channel in channels}
    assert found == {"train": "text/csv", "validation": "text/csv"}


def test_the_model_is_hosted_with_code(bodies):
    for body in bodies.values():
        (create, register) = arguments_of(body, "adultAccCond")["IfSteps"]
        container = create["Arguments"]["PrimaryContainer"]
        specification = register["Arguments"]["InferenceSpecification"]
        assert specification["Containers"] == [container]
        assert container["Environment"]["SAGEMAKER_SERVING_MODULE"] == "inference:app"
        assert specification["SupportedContentTypes"] == ["text/csv", "application/jsonlines"]


def test_the_evaluation_asks_the_registry_and_is_never_reused(steps, training):
    evaluate = steps["adultEval"]
    group = {"Get": "Environment.ModelPackageGroupName"}
    assert evaluate.arguments["Environment"] == {"MODEL_PACKAGE_GROUP": group}
    assert evaluate.arguments["NetworkConfig"]["EnableNetworkIsolation"] is False
    assert steps["adultProcess"].arguments["NetworkConfig"]["EnableNetworkIsolation"] is True
    assert "CacheConfig" not in evaluate.document
    needs = definition("census", training=training).manifest.steps
    (evaluates,) = [need.job for need in needs if need.step == "adultEval"]
    assert "sagemaker:ListModelPackages" in evaluates.actions


def test_the_gate_has_the_threshold_and_the_comparison(steps):
    conditions = steps["adultAccCond"].arguments["Conditions"]
    assert {condition["Type"] for condition in conditions} == {"GreaterThanOrEqualTo"}
    assert [condition["LeftValue"]["Std:JsonGet"]["Path"] for condition in conditions] == [
        "binary_classification_metrics.accuracy.value",
        "champion_comparison.difference",
    ]
    right = [condition["RightValue"] for condition in conditions]
    assert right == [{"Get": "Parameters.AccuracyThreshold"}, 0.0]


def test_the_rejection_names_the_numbers(steps):
    message = steps["adultReject"].arguments["ErrorMessage"]["Std:Join"]["Values"]
    for condition in steps["adultAccCond"].arguments["Conditions"]:
        assert condition["LeftValue"] in message
    assert {"Get": "Parameters.AccuracyThreshold"} in message


def test_creating_and_registering_wait_for_nothing_of_each_other(steps):
    for name, other in (
        ("adultCreateModel", "adultRegisterModel"),
        ("adultRegisterModel", "adultCreateModel"),
    ):
        assert f"Steps.{other}" not in json.dumps(steps[name].document)


def test_training_on_spot_instances_has_checkpoints_of_its_run():
    spot = definition("census", training="script", capacity="spot")
    body = spot.body
    train = arguments_of(body, "adultTrain")
    assert train["EnableManagedSpotTraining"] is True
    assert train["StoppingCondition"] == {
        "MaxRuntimeInSeconds": 14400,
        "MaxWaitTimeInSeconds": 28800,
    }
    joined = train["CheckpointConfig"]["S3Uri"]["Std:Join"]["Values"]
    assert joined[2:4] + joined[5:] == ["runs", "census", "adultTrain", "checkpoints"]
    assert lint(body) == []
    needs = {each.step: each for each in spot.manifest.steps}
    place = Place("runs", "census", "*/adultTrain/checkpoints/")
    assert place in needs["adultTrain"].job.writes
    assert Place("runs", "census") in needs["adultTrain"].job.reads


def test_each_instance_of_training_gets_a_share_of_the_rows(body, training):
    train = arguments_of(body, "adultTrain")
    assert train["ResourceConfig"]["InstanceCount"] == {"Get": "Parameters.TrainingInstanceCount"}
    distributions = {
        channel["ChannelName"]: channel["DataSource"]["S3DataSource"]["S3DataDistributionType"]
        for channel in train["InputDataConfig"]
    }
    assert {distributions.pop(side) for side in ("train", "validation")} == {"ShardedByS3Key"}
    assert set(distributions.values()) <= {"FullyReplicated"}
