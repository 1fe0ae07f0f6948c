"""Rules of EventBridge, and matching events."""

from __future__ import annotations

import json

import pytest

PATTERN = json.dumps({"source": ["life"]})


def rule(aws):
    events, sqs = aws.client("events"), aws.client("sqs")
    queue = aws.queue("life-events", "events.amazonaws.com")
    arn = events.put_rule(Name="life", EventPattern=PATTERN)["RuleArn"]
    assert "life" in [each["Name"] for each in events.list_rules()["Rules"]]
    events.put_targets(Rule="life", Targets=[{"Id": "a", "Arn": queue.arn}])
    (target,) = events.list_targets_by_rule(Rule="life")["Targets"]
    assert target["Id"] == "a"
    events.disable_rule(Name="life")
    assert events.describe_rule(Name="life")["State"] == "DISABLED"
    events.enable_rule(Name="life")
    entry = {"Source": "life", "DetailType": "d", "Detail": json.dumps({"a": 1})}
    assert events.put_events(Entries=[entry])["FailedEntryCount"] == 0
    received = aws.until(lambda: sqs.receive_message(QueueUrl=queue.url).get("Messages"))
    assert json.loads(received[0]["Body"])["detail"] == {"a": 1}
    tags = [{"Key": "team", "Value": "a"}]
    events.tag_resource(ResourceARN=arn, Tags=tags)
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags
    events.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == []
    events.remove_targets(Rule="life", Ids=["a"])
    assert events.list_targets_by_rule(Rule="life")["Targets"] == []
    events.delete_rule(Name="life")
    with pytest.raises(events.exceptions.ResourceNotFoundException):
        events.describe_rule(Name="life")
    sqs.delete_queue(QueueUrl=queue.url)
