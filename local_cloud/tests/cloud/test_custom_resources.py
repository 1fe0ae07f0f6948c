"""Custom resources: the function's response determines the result."""

from __future__ import annotations

import json

import pytest

CODE = """
import json
import urllib.request


def handler(event, context):
    print(json.dumps(event))
    wanted = event["ResourceProperties"]
    mode = wanted.get("Mode", "")
    if mode == "silent":
        return
    if mode == "raise":
        raise RuntimeError("broken")
    failed = mode == "fail" and event["RequestType"] != "Delete"
    body = {
        "Status": "FAILED" if failed else "SUCCESS",
        "Reason": "relation sales does not exist",
        "PhysicalResourceId": "id-" + wanted["Name"],
        "Data": {"Types": json.dumps([wanted.get("Number"), wanted.get("Flag")])},
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    request = urllib.request.Request(
        event["ResponseURL"], data=json.dumps(body).encode(), method="PUT"
    )
    urllib.request.urlopen(request)
"""


@pytest.fixture(scope="module")
def resources(make_role, allow):
    role = make_role("custom", allow("logs:*"), "lambda.amazonaws.com")

    def make(**properties):
        return {
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": properties.get("Name", "custom"),
                    "Code": {"ZipFile": CODE},
                    "Handler": "index.handler",
                    "Role": role,
                    "Runtime": "python3.12",
                    "Timeout": 20,
                },
            },
            "Thing": {
                "Type": "Custom::Thing",
                "Properties": {
                    "ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]},
                    "ServiceTimeout": 15,
                    **properties,
                },
            },
        }

    return make


def requests(cloud, name):
    """Return the events that the function received, in order."""
    logs, group = cloud.client("logs"), f"/aws/lambda/{name}"
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    events = []
    for stream in streams:
        lines = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])
        events += [e for e in lines["events"] if e["message"].startswith("{")]
    return [json.loads(e["message"]) for e in sorted(events, key=lambda e: e["timestamp"])]


def test_it_is_created_updated_and_deleted(stacks, resources, cloud):
    outputs = {"Types": {"Value": {"Fn::GetAtt": ["Thing", "Types"]}}}
    wanted = resources(Name="life", Number=3, Flag=True)
    assert stacks.create("life", wanted, Outputs=outputs) == "CREATE_COMPLETE"
    assert stacks.ids("life")["Thing"] == "id-life"
    shown = stacks.client.describe_stacks(StackName="life")["Stacks"][0]["Outputs"]
    assert shown[0]["OutputValue"] == '["3", "true"]'
    assert stacks.update("life", resources(Name="life", Number=4)) == "UPDATE_COMPLETE"
    stacks.client.delete_stack(StackName="life")
    sent = requests(cloud, "life")
    assert [event["RequestType"] for event in sent] == ["Create", "Update", "Delete"]
    assert "PhysicalResourceId" not in sent[0]
    assert sent[1]["OldResourceProperties"]["Number"] == "3"
    assert sent[1]["ResourceType"] == "Custom::Thing"
    assert sent[2]["PhysicalResourceId"] == "id-life"


def test_another_id_replaces_the_old_one(stacks, resources, cloud):
    first = resources(Name="moving")
    stacks.create("moving", first)
    second = resources(Name="moving")
    second["Thing"]["Properties"]["Name"] = "moved"
    assert stacks.update("moving", second) == "UPDATE_COMPLETE"
    last = requests(cloud, "moving")[-1]
    assert (last["RequestType"], last["PhysicalResourceId"]) == ("Delete", "id-moving")


def test_failed_fails_the_stack_with_the_reason(stacks, resources, cloud):
    assert stacks.create("failing", resources(Name="failing", Mode="fail")) == "ROLLBACK_COMPLETE"
    assert "relation sales does not exist" in stacks.reason("failing")
    assert requests(cloud, "failing")[-1]["RequestType"] == "Delete"


@pytest.mark.parametrize(("mode", "why"), [("silent", "did not receive"), ("raise", "broken")])
def test_no_answer_fails(stacks, resources, mode, why):
    assert stacks.create(mode, resources(Name=mode, Mode=mode)) == "ROLLBACK_COMPLETE"
    assert why in stacks.reason(mode)
