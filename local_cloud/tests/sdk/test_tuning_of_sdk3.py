"""A search of the SageMaker SDK 3 runs unmodified, from a folder outside of the project."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(scope="module")
def result(run_project):
    return run_project("tuning_of_sdk3", sys.executable)


def test_the_best_model_is_found_by_the_helper_of_the_sdk(result, cloud):
    assert result["tune"] == "Succeeded", result["reason"]
    job = result["job"].rpartition("/")[2]
    found = cloud.client("sagemaker").describe_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=job
    )
    best = found["BestTrainingJob"]["TrainingJobName"]
    assert result["best"] == f"s3://of-the-user/models/{best}/output/model.tar.gz"
    key = result["best"].removeprefix("s3://of-the-user/")
    assert cloud.client("s3").head_object(Bucket="of-the-user", Key=key)["ContentLength"] > 0
    assert found["TrainingJobStatusCounters"]["Completed"] == 3
    assert len(job) <= 32
