"""census with a search: the golden definition, and which rows and models it compares."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler.lint import lint
from tests.definitions import definition
from tests.pipelines.census.test_census_whole_data import SHIPPED
from tests.unit.golden import as_text, check_golden

GOLDEN = Path(__file__).parent / "golden" / "census-tuned.json"


@pytest.fixture(scope="module")
def body():
    return definition("census", training="tuned").body


@pytest.fixture(scope="module")
def steps(body):
    return {step.name: step.arguments for step in steps_of(body)}


def test_the_definition_is_the_golden_one(body):
    check_golden(as_text(body), GOLDEN)


def test_the_linter_finds_nothing(body):
    assert lint(body) == []


def test_the_search_sees_no_test_rows(steps):
    search = steps["adultTune"]
    channels = [each["ChannelName"] for each in search["TrainingJobDefinition"]["InputDataConfig"]]
    assert channels == ["train", "validation"]
    objective = search["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    assert objective == {"Type": "Minimize", "MetricName": "validation:logloss"}
    assert "test" not in json.dumps(search["TrainingJobDefinition"]["InputDataConfig"])


def test_the_other_hyperparameters_are_those_of_the_default(steps):
    fixed = steps["adultTune"]["TrainingJobDefinition"]["StaticHyperParameters"]
    assert fixed == {
        name: text for name, text in SHIPPED.items() if name not in ("eta", "max_depth")
    }


def test_the_best_model_is_packaged_evaluated_and_registered_and_the_default_is_compared(steps):
    best = "Steps.adultTune.BestTrainingJob.TrainingJobName"
    inputs = {
        each["InputName"]: each["S3Input"]["S3Uri"]
        for each in steps["adultEval"]["ProcessingInputs"]
    }
    channels = steps["adultPackage"]["InputDataConfig"]
    (packaged,) = (
        each["DataSource"]["S3DataSource"]["S3Uri"]
        for each in channels
        if each["ChannelName"] == "model"
    )
    assert {"Get": best} in packaged["Std:Join"]["Values"]
    assert inputs["model"] == {"Get": "Steps.adultPackage.ModelArtifacts.S3ModelArtifacts"}
    assert inputs["default"] == {"Get": "Steps.adultTrain.ModelArtifacts.S3ModelArtifacts"}
    (container,) = steps["adultRegisterModel"]["InferenceSpecification"]["Containers"]
    assert container["ModelDataUrl"] == inputs["model"]


def test_the_evaluation_reports_the_paired_difference(by_script, preprocessed, evaluate, report):
    job, _ = evaluate(by_script, preprocessed)
    shutil.copy(job.input("model") / "model.tar.gz", job.input("default") / "model.tar.gz")
    assert job.run() == [0]
    found = report(job)["tuning_comparison"]
    assert len(found) == 2
    assert found["log_loss_difference_from_default"]["interval_95"] == [0.0, 0.0]
    assert not found["accuracy_difference_from_default"]["is_different"]
