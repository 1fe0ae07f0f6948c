"""What the functions' calls are made with: enough tries, and an end to waiting."""

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


def test_a_call_that_is_throttled_five_times_is_answered(client, service):
    service.refusals = 5
    answer = client("sagemaker").list_model_packages()
    assert answer["ModelPackageSummaryList"] == []
    assert service.asked == 6
    assert sum(service.pauses) < 60


def test_a_call_that_is_always_throttled_ends(client, service):
    service.refusals = 99
    with pytest.raises(ClientError, match="ThrottlingException"):
        client("sagemaker").list_model_packages()
    assert service.asked == 6


def test_a_call_without_an_answer_leaves_time_for_another(client, service):
    config = client("sagemaker").meta.config
    shortest_function_seconds = 60
    assert config.connect_timeout + 2 * config.read_timeout < shortest_function_seconds
