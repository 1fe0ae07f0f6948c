"""The retries and timeouts of the clients of the functions."""

import pytest
from botocore.exceptions import ClientError

from tests.unit.refusing_service import refusing_service


@pytest.fixture
def client(load_handler):
    return load_handler("latest_model").beside.clients.client


@pytest.fixture
def service(monkeypatch):
    with refusing_service(monkeypatch, '{"ModelPackageSummaryList": []}') as service:
        yield service


def test_a_call_that_is_throttled_five_times_succeeds(client, service):
    service.refusals = 5
    answer = client("sagemaker").list_model_packages()
    assert answer["ModelPackageSummaryList"] == []
    assert service.asked == 6
    assert sum(service.pauses) < 60


def test_a_call_that_is_always_throttled_fails(client, service):
    service.refusals = 99
    with pytest.raises(ClientError, match="ThrottlingException"):
        client("sagemaker").list_model_packages()
    assert service.asked == 6


def test_two_attempts_without_a_response_fit_into_the_shortest_time_limit(client, service):
    config = client("sagemaker").meta.config
    shortest_function_seconds = 60
    assert config.connect_timeout + 2 * config.read_timeout < shortest_function_seconds
