"""Transform jobs with killed or lost instances, or with failures of S3."""

from __future__ import annotations

import pytest

from local_cloud.tests.sagemaker.test_transform_jobs import Transforms


@pytest.fixture
def transforms(workshop, cloud):
    workshop.logs = cloud.client("logs")
    return Transforms(workshop)


def test_a_lost_instance_fails_the_job_as_on_the_service(transforms, faults):
    transforms.workshop.put("in/a.csv", "1,2\n")
    transforms.workshop.put("in/b.csv", "sleep,5\n")
    faults.inject("lost_instance", resource="*/algo-2", seconds=1)
    reason = "InternalServerError: We encountered an internal error. Please try again."
    assert transforms.failed(count=2) == reason
    assert transforms.outputs() == {"a.csv.out": "3.0\n"}
    # A retry by the step's policy writes every object again under the same name.
    transforms.workshop.put("in/b.csv", "sleep,0\n")
    transforms.done(count=2)
    assert sorted(transforms.outputs()) == ["a.csv.out", "b.csv.out"]


def test_a_killed_process_is_replaced_and_its_request_repeated(transforms, faults):
    transforms.workshop.put("in/a.csv", "sleep,3\n1,2\n")
    faults.inject("kill", resource="*/algo-1", seconds=1)
    transforms.done()
    assert len(faults.hits()) == 1
    assert list(transforms.outputs()) == ["a.csv.out"]


@pytest.mark.parametrize("action", ["GetObject", "PutObject"])
def test_a_failure_of_s3_is_an_internal_server_error(transforms, faults, tried_once, action):
    transforms.workshop.put("in/a.csv", "1,2\n")
    faults.inject("time_out", action=f"s3:{action}", role="everything", times=None)
    assert transforms.failed().startswith("InternalServerError: ")
    assert transforms.outputs() == {}
