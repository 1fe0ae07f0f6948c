"""If a function fails for an event after all retries, its dead-letter queue receives the event."""

from __future__ import annotations

import json

import pytest

CODE = "def handler(event, context):\n    raise ValueError('no such table')\n"


@pytest.fixture(scope="module")
def letters(cloud):
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="letters")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, arn["Attributes"]["QueueArn"]


def function(role, **properties):
    return {
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {"ZipFile": CODE},
                "Handler": "index.handler",
                "Role": role,
                "Runtime": "python3.12",
                **properties,
            },
        }
    }


def test_a_failed_event_is_in_the_queue_with_its_reason(cloud, stacks, make_role, allow, letters):
    url, arn = letters
    may = allow("sqs:SendMessage", "logs:*", resource="*")
    role = make_role("buries", may, "lambda.amazonaws.com")
    stacks.create("letters", function(role, DeadLetterConfig={"TargetArn": arn}))
    name = stacks.ids("letters")["Function"]
    functions, sqs = cloud.client("lambda"), cloud.client("sqs")
    functions.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"a": 1}')
    found = []
    for _ in range(10):
        found += sqs.receive_message(
            QueueUrl=url, WaitTimeSeconds=5, MessageAttributeNames=["All"]
        ).get("Messages", [])
        if found:
            break
    (message,) = found
    assert json.loads(message["Body"]) == {"a": 1}
    attributes = message["MessageAttributes"]
    assert attributes["ErrorMessage"]["StringValue"] == "no such table"
    assert attributes["ErrorCode"]["StringValue"] == "200"


def test_the_queue_is_described_and_can_be_removed(cloud, stacks, make_role, allow, letters):
    role = make_role("moves", allow("sqs:SendMessage"), "lambda.amazonaws.com")
    stacks.create("moves", function(role, DeadLetterConfig={"TargetArn": letters[1]}))
    name, functions = stacks.ids("moves")["Function"], cloud.client("lambda")

    def shown():
        return functions.get_function_configuration(FunctionName=name)["DeadLetterConfig"]

    assert shown() == {"TargetArn": letters[1]}
    stacks.update("moves", function(role))
    assert shown() == {}


def test_an_event_that_the_queue_refused_is_counted(
    cloud, stacks, make_role, allow, letters, eventually
):
    role = make_role("loses", allow("logs:*"), "lambda.amazonaws.com")
    missing = {"TargetArn": f"{letters[1]}-missing"}
    stacks.create("loses", function(role, DeadLetterConfig=missing))
    name = stacks.ids("loses")["Function"]
    cloud.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")

    def counted():
        dimension = {"Name": "FunctionName", "Value": name}
        found = cloud.client("cloudwatch").list_metrics(
            Namespace="AWS/Lambda", Dimensions=[dimension]
        )
        return {metric["MetricName"] for metric in found["Metrics"]}

    eventually(lambda: counted() == {"Errors", "DeadLetterErrors"})
