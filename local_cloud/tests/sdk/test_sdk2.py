"""A pipeline of the SageMaker SDK 2 runs unmodified, with only a region, a role and a bucket.

The SDK has its own virtual environment, `.sdk2`, which `make test-old-sdk` installs.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from local_cloud.tests.sdk.conftest import notes_in_logs

PYTHON = Path(__file__).parents[3] / ".sdk2" / "bin" / "python"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def result(run_project):
    return run_project("project_of_sdk2", PYTHON)


def test_every_step_succeeds(result):
    assert result["status"] == "Succeeded"
    assert result["steps"] == dict.fromkeys(
        (
            *("Prepare", "TrainForest", "TrainBoosted", "Evaluate", "CheckError"),
            *("Register-RepackModel-0", "Register-RegisterModel"),
        ),
        "Succeeded",
    )


def test_the_registered_model_is_the_repacked_one(result, cloud):
    client = cloud.client("sagemaker")
    listed = client.list_model_packages(ModelPackageGroupName="made-by-sdk2")
    (package,) = listed["ModelPackageSummaryList"]
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    described = client.describe_model_package(ModelPackageName=package["ModelPackageArn"])
    (container,) = described["InferenceSpecification"]["Containers"]
    assert "Register-RepackModel-0" in container["ModelDataUrl"]


def test_what_cannot_run_is_refused_with_the_reason(result):
    assert "(ValidationException)" in result["refusal"]
    refused = "Step Tune: CreateHyperParameterTuningJob.WarmStartConfig is not supported here"
    assert refused in result["refusal"]


def test_the_logs_say_what_differs_from_aws(result, cloud):
    text = "\n".join(notes_in_logs(cloud))
    assert "DebugHookConfig, ProfilerConfig have no effect here." in text
    assert "The image sagemaker-scikit-learn:0.23-1-cpu-py3 has scikit-learn 0.23" in text
    assert "The image sagemaker-xgboost:1.7-1 has XGBoost 1.7" in text
