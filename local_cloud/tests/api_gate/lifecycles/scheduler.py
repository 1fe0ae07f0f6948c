"""Schedules of EventBridge Scheduler, and their groups."""

from __future__ import annotations

import pytest

PIPELINE = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/life"
ROLE = "arn:aws:iam::123456789012:role/life"


def schedule(aws):
    scheduler = aws.client("scheduler")
    settings = {
        "Name": "life",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": PIPELINE, "RoleArn": ROLE},
        "State": "DISABLED",
    }
    arn = scheduler.create_schedule(ScheduleExpression="rate(1 day)", **settings)["ScheduleArn"]
    assert [each["Arn"] for each in scheduler.list_schedules()["Schedules"]] == [arn]
    scheduler.update_schedule(
        ScheduleExpression="cron(0 6 * * ? *)",
        ScheduleExpressionTimezone="Europe/Berlin",
        **settings,
    )
    found = scheduler.get_schedule(Name="life")
    assert found["ScheduleExpression"] == "cron(0 6 * * ? *)"
    assert found["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert found["State"] == "DISABLED"
    scheduler.delete_schedule(Name="life")
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.get_schedule(Name="life")


def group(aws):
    scheduler = aws.client("scheduler")
    arn = scheduler.create_schedule_group(Name="life")["ScheduleGroupArn"]
    assert scheduler.get_schedule_group(Name="life")["Arn"] == arn
    listed = scheduler.list_schedule_groups()["ScheduleGroups"]
    assert {each["Name"] for each in listed} == {"default", "life"}
    tags = [{"Key": "team", "Value": "a"}]
    scheduler.tag_resource(ResourceArn=arn, Tags=tags)
    assert scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == tags
    scheduler.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == []
    scheduler.delete_schedule_group(Name="life")
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.get_schedule_group(Name="life")
