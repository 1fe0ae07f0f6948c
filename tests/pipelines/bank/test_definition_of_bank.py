"""bank's definition: the golden texts with both options of columns, and their properties."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler.lint import lint
from tests.definitions import definition
from tests.unit.golden import as_text, check_golden

GOLDEN = Path(__file__).parent / "golden"
COLUMNS = ("campaign", "macro")


@pytest.fixture(scope="session")
def bodies():
    """Columns -> body of the definition."""
    return {columns: definition("bank", columns=columns).body for columns in COLUMNS}


@pytest.fixture(params=COLUMNS)
def columns(request):
    return request.param


@pytest.fixture
def body(bodies, columns):
    return bodies[columns]


@pytest.fixture
def steps(body):
    return {step.name: step for step in steps_of(body)}


def test_the_definition_is_the_golden_one(body, columns):
    check_golden(as_text(body), GOLDEN / f"bank-{columns}.json")


def test_the_linter_finds_nothing(body):
    assert lint(body) == []


def test_the_steps_follow_the_data(body, steps):
    names = [step["Name"] for step in body["Steps"]]
    assert names == ["Extract", "Preprocess", "CheckData", "HasValidData"]
    data = steps["HasValidData"].arguments
    assert [step["Name"] for step in data["IfSteps"]] == ["Train", "Evaluate", "CheckAuc"]
    assert [step["Name"] for step in data["ElseSteps"]] == ["RejectData"]
    gate = steps["CheckAuc"].arguments
    assert [step["Name"] for step in gate["IfSteps"]] == ["RegisterModel"]
    assert [step["Name"] for step in gate["ElseSteps"]] == ["RejectModel"]


def test_own_parameters(body):
    own = {each["Name"]: (each["Type"], each["DefaultValue"]) for each in body["Parameters"]}
    assert own == {
        "ProcessingInstanceType": ("String", "ml.m5.large"),
        "ProcessingInstanceCount": ("Integer", 1),
        "TrainingInstanceCount": ("Integer", 1),
        "TrainingInstanceType": ("String", "ml.m5.large"),
        "InferenceInstanceType": ("String", "ml.m5.large"),
        "ModelApprovalStatus": ("String", "PendingManualApproval"),
        "MinAuc": ("Float", 0.75),
    }


def test_preprocess_and_train_are_given_the_same_columns(steps, columns):
    assert steps["Preprocess"].arguments["Environment"] == {"FEATURE_COLUMNS": columns}
    assert steps["Train"].arguments["HyperParameters"] == {"columns": columns}


def test_a_model_must_reach_the_threshold_and_the_approved_model(steps):
    auc, difference = steps["CheckAuc"].arguments["Conditions"]
    assert auc["Type"] == difference["Type"] == "GreaterThanOrEqualTo"
    paths = [each["LeftValue"]["Std:JsonGet"]["Path"] for each in (auc, difference)]
    assert paths == [
        "binary_classification_metrics.auc.value",
        "champion_comparison.difference",
    ]
    assert auc["RightValue"] == {"Get": "Parameters.MinAuc"}
    assert difference["RightValue"] == 0.0


def test_what_is_read_now_is_never_taken_from_an_earlier_run(steps):
    cached = {name for name, step in steps.items() if "CacheConfig" in step.document}
    assert cached == {"Train"}


def test_the_query_unloads_all_rows_of_this_run_to_its_own_prefix(steps):
    arguments = steps["Extract"].arguments
    assert "FROM bank.calls" in arguments["query"]
    place = arguments["s3_uri"]["Std:Join"]["Values"]
    assert {"Get": "Execution.PipelineExecutionId"} in place


def test_only_the_check_and_evaluate_may_ask_the_registry(columns):
    manifest = definition("bank", columns=columns).manifest
    asking = [
        need.step for need in manifest.steps if "sagemaker:ListModelPackages" in need.job.actions
    ]
    assert asking == ["CheckData", "Evaluate"]
    assert "lambda:InvokeFunction" in manifest.execution.actions
