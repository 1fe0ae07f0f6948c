"""One definition of the SageMaker SDK 3 with all types of steps runs.

Its jobs of EMR install PySpark (0.4 GB), once on a machine.
"""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(scope="module")
def result(run_project, answered_queue, doubling, emr):
    return run_project("all_types_of_sdk3", sys.executable, answered_queue, doubling, *emr)


def test_every_step_succeeds(result):
    assert result["reasons"] == []
    names = ("Prepare", "Quality", "Bias", "Train", "Tune", "Search", "Create")
    others = ("Register", "Predict", "Shared", "Own", "Serverless", "Double", "Ask", "Check")
    assert result["steps"] == dict.fromkeys([*names, *others], "Succeeded")
    assert set(result["types"]) == {
        *("EMR", "EMRServerless"),
        *("AutoML", "Callback", "ClarifyCheck", "Condition", "Lambda", "Model", "Processing"),
        *("QualityCheck", "RegisterModel", "Training", "Transform", "Tuning"),
    }


def test_the_fail_step_ends_an_execution(result):
    assert result["rejected"]["Reject"] == "too many rows"


@pytest.mark.parametrize("step", ["Shared", "Own", "Serverless"])
def test_the_jobs_of_emr_wrote_to_the_bucket(result, cloud, step):
    listed = cloud.client("s3").list_objects_v2(Bucket="of-the-user", Prefix=f"counts/{step}/")
    assert any("/part-" in each["Key"] for each in listed["Contents"])


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
