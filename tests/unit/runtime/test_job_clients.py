"""The retries and settings of the AWS clients of jobs."""

import pytest
from botocore.exceptions import ClientError

from pipeline_code.runtime.job_clients import client
from tests.unit.refusing_service import refusing_service


@pytest.fixture
def service(monkeypatch):
    with refusing_service(monkeypatch, '{"ModelPackageSummaryList": []}') as service:
        yield service


def test_a_call_that_is_throttled_five_times_is_answered(service):
    service.refusals = 5
    answer = client("sagemaker", "us-east-1").list_model_packages()
    assert answer["ModelPackageSummaryList"] == []
    assert service.asked == 6


def test_a_call_that_is_always_throttled_ends(service):
    service.refusals = 99
    with pytest.raises(ClientError, match="ThrottlingException"):
        client("sagemaker", "us-east-1").list_model_packages()
    assert service.asked == 6
