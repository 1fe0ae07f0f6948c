"""One definition of the SageMaker SDK 3 with all types of steps runs: only EMR needs a cluster."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(scope="module")
def result(run_project, answered_queue, doubling):
    return run_project("all_types_of_sdk3", sys.executable, answered_queue, doubling)


def test_every_step_succeeds(result):
    assert result["reasons"] == []
    names = ("Prepare", "Quality", "Bias", "Train", "Tune", "Search", "Create")
    others = ("Register", "Predict", "Double", "Ask", "Check")
    assert result["steps"] == dict.fromkeys([*names, *others], "Succeeded")
    assert set(result["types"]) == {
        *("AutoML", "Callback", "ClarifyCheck", "Condition", "Lambda", "Model", "Processing"),
        *("QualityCheck", "RegisterModel", "Training", "Transform", "Tuning"),
    }


def test_the_fail_step_ends_an_execution(result):
    assert result["rejected"]["Reject"] == "too many rows"


def test_the_version_has_the_baselines_of_the_checks(result, cloud):
    client = cloud.client("sagemaker")
    (version,) = client.list_model_packages(ModelPackageGroupName="all-types")[
        "ModelPackageSummaryList"
    ]
    described = client.describe_model_package(ModelPackageName=version["ModelPackageArn"])
    baselines = described["DriftCheckBaselines"]
    bias = baselines["Bias"]["PreTrainingConstraints"]["S3Uri"]
    assert bias == "s3://of-the-user/bias/analysis.json"
    statistics = baselines["ModelDataQuality"]["Statistics"]["S3Uri"]
    assert statistics == "s3://of-the-user/quality/statistics.json"
