"""What the functions' calls are made with: enough tries, and an end to waiting."""

import threading

import botocore.endpoint
import pytest
from botocore.exceptions import ClientError
from werkzeug import Request, Response
from werkzeug.serving import make_server

THROTTLED = '{"__type": "ThrottlingException", "message": "Rate exceeded"}'


@pytest.fixture
def clients(load_handler):
    return load_handler("latest_model").beside.clients


@pytest.fixture
def service(monkeypatch):
    """Stands for AWS: refuses as often as a test says, then lists nothing; counts its requests."""
    refusals, asked = [], []

    @Request.application
    def answer(request):
        asked.append(request.headers["X-Amz-Target"])
        if refusals:
            return Response(refusals.pop(), status=400, content_type="application/x-amz-json-1.1")
        return Response('{"ModelPackageSummaryList": []}', content_type="application/json")

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    pauses = []
    monkeypatch.setattr(botocore.endpoint.time, "sleep", pauses.append)
    yield refusals, asked, pauses
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_call_that_is_throttled_five_times_is_answered(clients, service):
    refusals, asked, pauses = service
    refusals += [THROTTLED] * 5
    answer = clients.client("sagemaker").list_model_packages()
    assert answer["ModelPackageSummaryList"] == []
    assert len(asked) == 6
    assert sum(pauses) < 60


def test_a_call_that_is_always_throttled_ends(clients, service):
    refusals, asked, _ = service
    refusals += [THROTTLED] * 99
    with pytest.raises(ClientError, match="ThrottlingException"):
        clients.client("sagemaker").list_model_packages()
    assert len(asked) == 6


def test_a_call_without_an_answer_leaves_time_for_another(clients, service):
    config = clients.client("sagemaker").meta.config
    shortest_function_seconds = 60
    assert config.connect_timeout + 2 * config.read_timeout < shortest_function_seconds
