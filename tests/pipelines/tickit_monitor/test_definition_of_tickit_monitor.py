"""tickit-monitor's definition: the golden text, and the properties of runs and permissions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler import MODELS_OF, Place
from pipeline_code.compiler.lint import lint
from tests.definitions import definition
from tests.unit.golden import as_text, check_golden

GOLDEN = Path(__file__).parent / "golden" / "tickit-monitor.json"


@pytest.fixture(scope="module")
def body():
    return definition("tickit-monitor").body


@pytest.fixture(scope="module")
def steps(body):
    return {step.name: step for step in steps_of(body)}


def test_the_definition_is_the_golden_one(body):
    check_golden(as_text(body), GOLDEN)


def test_the_linter_finds_nothing(body):
    assert lint(body) == []


def test_without_enough_rows_nothing_is_compared_and_nothing_fails(steps):
    gate = steps["HasRows"].arguments
    (condition,) = gate["Conditions"]
    assert condition["Type"] == "GreaterThanOrEqualTo"
    assert condition["LeftValue"]["Std:JsonGet"]["Path"] == "rows"
    assert condition["RightValue"] == {"Get": "Parameters.MinRows"}
    assert [step["Name"] for step in gate["IfSteps"]] == ["Check", "Report"]
    assert gate["ElseSteps"] == []


def test_without_an_approved_model_nothing_is_collected_and_nothing_fails(steps):
    gate = steps["HasModel"].arguments
    assert gate["Conditions"] == [
        {
            "Type": "Equals",
            "LeftValue": {"Get": "Steps.LatestModel.OutputParameters['status']"},
            "RightValue": "Found",
        }
    ]
    assert [step["Name"] for step in gate["IfSteps"]] == ["Collect", "HasRows"]
    assert gate["ElseSteps"] == []
    assert steps["LatestModel"].arguments["required"] == "OFF"


def test_the_check_runs_the_image_itself_on_what_was_collected(steps):
    check = steps["Check"].arguments
    assert check["AppSpecification"] == {"ImageUri": {"Get": "Environment.ModelMonitorImageUri"}}
    sources = {each["InputName"]: each["S3Input"] for each in check["ProcessingInputs"]}
    for name, output in (("dataset", "rows"), ("baseline", "baseline")):
        uri = f"Steps.Collect.ProcessingOutputConfig.Outputs['{output}'].S3Output.S3Uri"
        assert sources[name]["S3Uri"] == {"Get": uri}
    environment = check["Environment"]
    assert environment["dataset_source"] == sources["dataset"]["LocalPath"]
    for name in ("statistics", "constraints"):
        expected = f"{sources['baseline']['LocalPath']}/{name}.json"
        assert environment[f"baseline_{name}"] == expected


def test_the_jobs_that_ask_aws_have_a_network_and_the_analysis_has_none(steps):
    isolated = {
        name: steps[name].arguments["NetworkConfig"]["EnableNetworkIsolation"]
        for name in ("Collect", "Check", "Report")
    }
    assert isolated == {"Collect": False, "Check": True, "Report": False}


def test_the_metrics_are_those_of_the_pipeline_whose_models_are_asked(steps):
    environment = steps["Report"].arguments["Environment"]
    assert environment["METRIC_NAMESPACE"] == "Redline"
    assert environment["PIPELINE"] == {"Get": "Environment.ModelPackageGroupName"}


def test_the_limits_of_the_measures_are_parameters(body, steps):
    defaults = {each["Name"]: each.get("DefaultValue") for each in body["Parameters"]}
    environment = steps["Report"].arguments["Environment"]
    limits = [
        ("MaxUnseenShare", "MAX_UNSEEN_SHARE", 0.01),
        ("MaxChangedShare", "MAX_CHANGED_SHARE", 0.05),
        ("FalseAlarmRate", "FALSE_ALARM_RATE", 0.01),
    ]
    for parameter, variable, default in limits:
        assert defaults[parameter] == default
        assert environment[variable] == {
            "Std:Join": {"On": "", "Values": [{"Get": f"Parameters.{parameter}"}]}
        }


def test_the_role_needs_what_the_variables_name(body):
    job = definition("tickit-monitor").manifest.job("Processing")
    captured, batches = Place("captured", "tickit"), Place("runs", "tickit-batch")
    assert {captured, batches, Place("kept", MODELS_OF)} <= set(job.reads)
    assert job.namespaces == ("Redline",)
    assert {"sagemaker:ListModelPackages", "cloudwatch:PutMetricData"} <= set(job.actions)
    assert json.dumps(body).count("captured") == 1
