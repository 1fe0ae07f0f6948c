"""Log groups and log streams."""

from __future__ import annotations

import time

GROUP = {"logGroupName": "/life"}
STREAM = {**GROUP, "logStreamName": "one"}


def log_group(aws):
    logs = aws.client("logs")
    logs.create_log_group(**GROUP)

    def shown():
        return logs.describe_log_groups(logGroupNamePrefix="/life")["logGroups"]

    logs.put_retention_policy(**GROUP, retentionInDays=7)
    assert shown()[0]["retentionInDays"] == 7
    logs.delete_retention_policy(**GROUP)
    assert "retentionInDays" not in shown()[0]
    name = {"resourceArn": shown()[0]["logGroupArn"]}
    logs.tag_resource(**name, tags={"team": "a"})
    assert logs.list_tags_for_resource(**name)["tags"] == {"team": "a"}
    logs.untag_resource(**name, tagKeys=["team"])
    assert logs.list_tags_for_resource(**name)["tags"] == {}
    logs.delete_log_group(**GROUP)
    assert shown() == []


def log_stream(aws):
    logs = aws.client("logs")
    logs.create_log_group(**GROUP)
    logs.create_log_stream(**STREAM)
    now = int(time.time() * 1000)
    lines = [{"timestamp": now + number, "message": f"line {number}"} for number in range(2)]
    logs.put_log_events(**STREAM, logEvents=lines)
    events = logs.get_log_events(**STREAM)["events"]
    assert [each["message"] for each in events] == ["line 0", "line 1"]
    found = logs.filter_log_events(**GROUP, filterPattern='"line 1"')["events"]
    assert [each["message"] for each in found] == ["line 1"]
    assert len(logs.describe_log_streams(**GROUP)["logStreams"]) == 1
    logs.delete_log_stream(**STREAM)
    assert logs.describe_log_streams(**GROUP)["logStreams"] == []
    logs.delete_log_group(**GROUP)
