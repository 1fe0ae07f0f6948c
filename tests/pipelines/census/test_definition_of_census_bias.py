"""census's definition with the option bias=checked: its analysis, its gate and its report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler import Place
from pipeline_code.compiler.lint import lint
from tests.definitions import definition

PIPELINE = Path(__file__).parents[3] / "pipeline_code/census/pipeline.py"


@pytest.fixture(scope="module")
def compiled():
    return definition("census", bias="checked")


@pytest.fixture(scope="module")
def steps(compiled):
    return {step.name: step for step in steps_of(compiled.body)}


def test_the_linter_finds_nothing(compiled):
    assert lint(compiled.body) == []


def test_the_other_steps_are_those_without_the_option(steps):
    others = [step.name for step in steps_of(definition("census").body)]
    added = ["adultAnalyse", "adultBiasCond", "adultRejectBias"]
    assert sorted(steps) == sorted([*others, *added])


def test_the_analysis_has_no_network_and_keeps_its_report(compiled, steps):
    analyse = steps["adultAnalyse"].arguments
    assert analyse["NetworkConfig"]["EnableNetworkIsolation"] is True
    assert [item["InputName"] for item in analyse["ProcessingInputs"]] == [
        *("code", "model", "rows", "encoder")
    ]
    (needs,) = [need.job for need in compiled.manifest.steps if need.step == "adultAnalyse"]
    assert needs.writes == (Place("kept", "census", "*/adultAnalyse/analysis/"),)


def test_a_start_can_only_be_stricter_than_pipeline_py(compiled, steps):
    (limit,) = [each for each in compiled.body["Parameters"] if each["Name"] == "MaxBiasIncrease"]
    (constant,) = re.findall(r"most_bias_increase=([\d.]+)", PIPELINE.read_text())
    assert limit["DefaultValue"] == float(constant)
    gate = steps["adultBiasCond"].arguments
    assert {each["Type"] for each in gate["Conditions"]} == {"LessThanOrEqualTo"}
    assert {each["LeftValue"]["Std:JsonGet"]["Path"] for each in gate["Conditions"]} == {
        "bias_increase.value"
    }
    right = [each["RightValue"] for each in gate["Conditions"]]
    assert right == [{"Get": "Parameters.MaxBiasIncrease"}, float(constant)]
    assert [step["Name"] for step in gate["IfSteps"]] == ["adultAccCond"]
    assert [step["Name"] for step in gate["ElseSteps"]] == ["adultRejectBias"]


def test_the_rejection_names_the_facet_and_the_limit(steps):
    message = steps["adultRejectBias"].arguments["ErrorMessage"]["Std:Join"]["Values"]
    paths = [part["Std:JsonGet"]["Path"] for part in message if "Std:JsonGet" in part]
    assert paths == ["bias_increase.message", "bias_increase.value"]
    assert {"Get": "Parameters.MaxBiasIncrease"} in message


def test_the_version_has_the_report(steps):
    """Bias and Explainability of ModelMetrics, as the API model of CreateModelPackage has them."""
    register = steps["adultRegisterModel"].arguments["ModelMetrics"]
    (report,) = register["Explainability"].values()
    assert report["ContentType"] == "application/json"
    assert report["S3Uri"]["Std:Join"]["Values"][-1] == "analysis.json"
    assert register["Bias"] == dict.fromkeys(
        ("Report", "PreTrainingReport", "PostTrainingReport"), report
    )
