"""Stacks and change sets."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

NAME = {"StackName": "life"}


def template(visibility):
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": visibility}}
    exported = {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}, "Export": {"Name": "life-queue"}}
    return json.dumps({"Resources": {"Queue": queue}, "Outputs": {"Arn": exported}})


def visibility(aws):
    sqs = aws.client("sqs")
    url = sqs.list_queues(QueueNamePrefix="life")["QueueUrls"][0]
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    return shown["Attributes"]["VisibilityTimeout"]


def stack(aws):
    client = aws.client("cloudformation")
    client.create_stack(**NAME, TemplateBody=template(40))
    assert client.describe_stacks(**NAME)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    assert visibility(aws) == "40"
    assert "life-queue" in [each["Name"] for each in client.list_exports()["Exports"]]
    client.update_stack(**NAME, TemplateBody=template(50))
    assert visibility(aws) == "50"
    shown = client.get_template(**NAME)["TemplateBody"]
    assert shown["Resources"]["Queue"]["Properties"] == {"VisibilityTimeout": 50}
    (resource,) = client.describe_stack_resources(**NAME)["StackResources"]
    assert resource["LogicalResourceId"] == "Queue"
    events = client.describe_stack_events(**NAME)["StackEvents"]
    assert "UPDATE_COMPLETE" in [each["ResourceStatus"] for each in events]
    client.delete_stack(**NAME)
    with pytest.raises(ClientError, match="does not exist"):
        client.describe_stacks(**NAME)


def change_set(aws):
    client = aws.client("cloudformation")
    for name in ("dropped", "made"):
        client.create_change_set(
            **NAME, ChangeSetName=name, ChangeSetType="CREATE", TemplateBody=template(40)
        )
    (change,) = client.describe_change_set(**NAME, ChangeSetName="made")["Changes"]
    assert change["ResourceChange"]["Action"] == "Add"
    client.delete_change_set(**NAME, ChangeSetName="dropped")
    (left,) = client.list_change_sets(**NAME)["Summaries"]
    assert left["ChangeSetName"] == "made"
    client.execute_change_set(**NAME, ChangeSetName="made")
    assert visibility(aws) == "40"
    client.delete_stack(**NAME)
