"""A pipeline of the SageMaker SDK 3 runs unmodified, from a folder outside of the project."""

from __future__ import annotations

import sys

import pytest

from local_cloud.tests.sdk.conftest import notes_in_logs


@pytest.fixture(scope="module")
def result(run_project):
    return run_project("project_of_sdk3", sys.executable)


def test_upsert_start_and_wait_run_every_step(result):
    assert result["status"] == "Succeeded"
    expected = ("Prepare", "Train", "Evaluate", "Check")
    assert result["steps"] == dict.fromkeys(expected, "Succeeded")


def test_the_fail_step_of_the_other_branch_ends_an_execution(result):
    assert result["rejected"]["Reject"].startswith("the error is 0.")
    assert 'matched expected path: "Failed"' in result["reason"]


def test_a_second_upsert_makes_a_version(result):
    assert result["versions"] == [2, 1]


def test_the_logs_say_what_differs_from_aws(result, cloud):
    (version,) = set(notes_in_logs(cloud))
    assert "The image sagemaker-scikit-learn:1.4-2" in version
    assert "has scikit-learn 1.4; the job runs with scikit-learn 1.9" in version
