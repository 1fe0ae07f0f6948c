"""Functions, and mappings of queues to functions."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import contextmanager

import pytest

NAME = {"FunctionName": "life"}
READ = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "logs:*")


def zipped(answer):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("code.py", f"def handler(event, context):\n    return {answer!r}\n")
    return content.getvalue()


@contextmanager
def created(aws, role_arn):
    client = aws.client("lambda")
    client.create_function(
        **NAME,
        Role=role_arn,
        Runtime="python3.12",
        Handler="code.handler",
        Code={"ZipFile": zipped("one")},
    )
    yield client
    client.delete_function(**NAME)


def function(aws):
    with created(aws, aws.role("life-function", "lambda", "logs:*")) as client:
        assert _answer(client) == "one"
        client.update_function_code(**NAME, ZipFile=zipped("two"))
        assert _answer(client) == "two"
        assert "life" in [each["FunctionName"] for each in client.list_functions()["Functions"]]
        client.update_function_configuration(**NAME, Timeout=20)
        assert client.get_function_configuration(**NAME)["Timeout"] == 20
        arn = client.get_function(**NAME)["Configuration"]["FunctionArn"]
        client.put_function_concurrency(**NAME, ReservedConcurrentExecutions=2)
        shown = client.get_function_concurrency(**NAME)
        assert shown["ReservedConcurrentExecutions"] == 2
        client.delete_function_concurrency(**NAME)
        assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(**NAME)
        _open_and_close(client)
        client.tag_resource(Resource=arn, Tags={"team": "a"})
        assert client.list_tags(Resource=arn)["Tags"] == {"team": "a"}
        client.untag_resource(Resource=arn, TagKeys=["team"])
        assert client.list_tags(Resource=arn)["Tags"] == {}
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function(**NAME)


def _answer(client):
    return json.loads(client.invoke(**NAME)["Payload"].read())


def _open_and_close(client):
    permission = {"StatementId": "a", "Principal": "events.amazonaws.com"}
    client.add_permission(**NAME, **permission, Action="lambda:InvokeFunction")
    assert json.loads(client.get_policy(**NAME)["Policy"])["Statement"][0]["Sid"] == "a"
    client.remove_permission(**NAME, StatementId="a")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_policy(**NAME)


def event_source_mapping(aws):
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="life-source")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    source = {"EventSourceArn": attributes["QueueArn"]}
    with created(aws, aws.role("life-reader", "lambda", *READ)) as client:
        name = {"UUID": client.create_event_source_mapping(**source, **NAME)["UUID"]}
        sqs.send_message(QueueUrl=url, MessageBody="one")
        aws.until(lambda: _depth(sqs, url) == 0)
        client.update_event_source_mapping(**name, BatchSize=5)
        assert client.get_event_source_mapping(**name)["BatchSize"] == 5
        listed = client.list_event_source_mappings(**source)["EventSourceMappings"]
        assert [each["UUID"] for each in listed] == [name["UUID"]]
        client.delete_event_source_mapping(**name)
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.get_event_source_mapping(**name)
    sqs.delete_queue(QueueUrl=url)


def _depth(sqs, url):
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    return sum(int(shown[name]) for name in names)
