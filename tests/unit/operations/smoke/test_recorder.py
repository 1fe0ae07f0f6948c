"""The calls of the clients of a session are recorded, with their results."""

from __future__ import annotations

import io
import json

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from operations.smoke.recorder import Recorder

ARN = "arn:aws:sagemaker:us-east-1:987654321098:pipeline/p/execution/abcdefghijkl"


class Account:
    """Clients whose calls are recorded, and the recorded lines."""

    def __init__(self, path):
        self._session = boto3.Session("any", "any", region_name="us-east-1")
        self._path = path
        ticks = iter(range(1000))
        self.recorder = Recorder("redline-dev-", clock=lambda: next(ticks))
        self.recorder.attach(self._session.events)

    def client(self, service):
        client = self._session.client(service)
        stub = Stubber(client)
        stub.activate()
        return client, stub

    def recording(self):
        return self.recorder.recording(self._path)

    def lines(self):
        return [json.loads(line) for line in self._path.read_text().splitlines()]


@pytest.fixture
def account(tmp_path):
    return Account(tmp_path / "1-train.jsonl")


def test_a_call_has_its_request_and_response(account):
    client, stub = account.client("sagemaker")
    stub.add_response("start_pipeline_execution", {"PipelineExecutionArn": ARN})
    with account.recording():
        started = client.start_pipeline_execution(PipelineName="p", ClientRequestToken="t" * 32)
    assert started["PipelineExecutionArn"] == ARN  # the caller gets the original
    assert account.lines() == [
        {
            "service": "sagemaker",
            "operation": "StartPipelineExecution",
            "request": {"PipelineName": "p", "ClientRequestToken": "<redacted>"},
            "response": {"PipelineExecutionArn": ARN.replace("987654321098", "123456789012")},
            "status": 200,
            "seconds": 1,
            "count": 1,
        }
    ]


def test_an_error_of_the_service_is_recorded(account):
    client, stub = account.client("sagemaker")
    stub.add_client_error("describe_endpoint", "ValidationException", "Could not find", 400)
    with account.recording(), pytest.raises(ClientError):
        client.describe_endpoint(EndpointName="e")
    (line,) = account.lines()
    assert (line["status"], line["error"]["Error"]["Code"]) == (400, "ValidationException")
    assert "response" not in line


def test_a_member_named_error_is_part_of_the_response(account):
    client, stub = account.client("redshift-data")
    stub.add_response(
        "describe_statement", {"Id": "1", "Status": "FAILED", "Error": "no such table"}
    )
    with account.recording():
        client.describe_statement(Id="1")
    (line,) = account.lines()
    assert line["response"] == {"Id": "1", "Status": "FAILED", "Error": "no such table"}
    assert "error" not in line


def test_a_call_without_a_response_is_recorded(account):
    client, stub = account.client("sagemaker")
    stub.deactivate()

    def refuse(**_):
        raise EndpointConnectionError(endpoint_url="https://987654321098.example")

    client.meta.events.register("before-send", refuse)
    with account.recording(), pytest.raises(EndpointConnectionError):
        client.describe_endpoint(EndpointName="e")
    (line,) = account.lines()
    assert (line["operation"], line["status"]) == ("DescribeEndpoint", None)
    assert line["error"]["Error"]["Message"].startswith("EndpointConnectionError: ")
    assert "987654321098" not in json.dumps(line)


def test_equal_polls_are_one_line_with_a_count(account):
    client, stub = account.client("sagemaker")
    statuses = ["Executing", "Executing", "Executing", "Succeeded"]
    for status in statuses:
        stub.add_response("describe_pipeline_execution", {"PipelineExecutionStatus": status})
    with account.recording():
        for _ in statuses:
            client.describe_pipeline_execution(PipelineExecutionArn=ARN)
    found = [
        (line["response"]["PipelineExecutionStatus"], line["count"]) for line in account.lines()
    ]
    assert found == [("Executing", 3), ("Succeeded", 1)]


def test_a_stream_is_recorded_and_can_still_be_read(account):
    client, stub = account.client("s3")
    body = StreamingBody(io.BytesIO(b'{"rows": 3}'), 11)
    stub.add_response("get_object", {"Body": body})
    with account.recording():
        found = client.get_object(Bucket="lake", Key="k")
    assert json.load(found["Body"]) == {"rows": 3}
    assert account.lines()[0]["response"]["Body"] == '{"rows": 3}'


def test_large_and_binary_contents_are_recorded_as_their_size(account):
    client, stub = account.client("sagemaker-runtime")
    with account.recording():
        for content in (b"\xff\xfe", b"x" * 70_000):
            stub.add_response("invoke_endpoint", {"Body": io.BytesIO(b"1")})
            client.invoke_endpoint(EndpointName="e", Body=content)
    assert [line["request"]["Body"] for line in account.lines()] == ["<2 bytes>", "<70000 bytes>"]


def test_stacks_of_other_applications_are_left_out(account):
    client, stub = account.client("cloudformation")
    names = ["redline-dev-data", "payroll", "CDKToolkit", "redline-prod-data"]
    stub.add_response(
        "list_stacks",
        {
            "StackSummaries": [
                {"StackName": name, "CreationTime": 0, "StackStatus": "CREATE_COMPLETE"}
                for name in names
            ]
        },
    )
    with account.recording():
        listed = client.list_stacks()
    assert [each["StackName"] for each in listed["StackSummaries"]] == names
    (line,) = account.lines()
    recorded = [each["StackName"] for each in line["response"]["StackSummaries"]]
    assert recorded == ["redline-dev-data", "CDKToolkit"]


def test_outside_of_a_phase_nothing_is_recorded(account):
    client, stub = account.client("sagemaker")
    stub.add_response("list_models", {"Models": []})
    client.list_models()
    with account.recording():
        pass
    assert account.lines() == []
