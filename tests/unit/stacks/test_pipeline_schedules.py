"""A pipeline with several schedules: rules in UTC, and schedules in time zones."""

from dataclasses import replace

import pytest

from stacks.config import Pipeline, Schedule
from tests.application.environments import BASIC, FIXED
from tests.synthesis import joined, statements, synthesise

BERLIN = Schedule(
    name="each-morning",
    expression="cron(30 6 ? * MON-FRI *)",
    time_zone="Europe/Berlin",
)
SCHEDULES = (
    Schedule(expression="rate(1 day)"),
    Schedule(name="weekly", expression="cron(0 3 ? * SUN *)", enabled=False),
    BERLIN,
)


@pytest.fixture(scope="module")
def several():
    files = Pipeline(name="files", schedules=SCHEDULES)
    return synthesise(replace(BASIC, pipelines=(files,)), **FIXED)


def test_the_schedule_without_a_name_has_the_rule_of_a_single_schedule(several):
    single = synthesise(
        replace(BASIC, pipelines=(Pipeline(name="files", schedule=SCHEDULES[0]),)), **FIXED
    )
    resources = several.templates["files"]["Resources"]
    for name, resource in single.templates["files"]["Resources"].items():
        assert resources[name] == resource
    assert several.templates["files"]["Outputs"] == single.templates["files"]["Outputs"]


def test_each_rule_has_a_name_of_its_own(several):
    rules = several.resources("files", "AWS::Events::Rule").values()
    scheduled = {
        each["Properties"]["Name"]: each["Properties"]["State"]
        for each in rules
        if "ScheduleExpression" in each["Properties"]
    }
    assert scheduled == {
        "redline-basic-files-schedule": "ENABLED",
        "redline-basic-files-schedule-weekly": "DISABLED",
    }


def test_a_schedule_in_a_time_zone_is_one_of_eventbridge_scheduler(several):
    found = several.the("files", "AWS::Scheduler::Schedule")
    assert found["Name"] == "redline-basic-files-schedule-each-morning"
    assert found["ScheduleExpression"] == "cron(30 6 ? * MON-FRI *)"
    assert found["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert found["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert joined(found["Target"]["Arn"]).endswith(":pipeline/redline-basic-files")
    assert found["Target"]["RetryPolicy"] == {
        "MaximumRetryAttempts": 185,
        "MaximumEventAgeInSeconds": 3600,
    }
    (schedule,) = several.resources("files", "AWS::Scheduler::Schedule").values()
    assert any(name.startswith("Pipeline") for name in schedule["DependsOn"])


def test_its_role_starts_this_pipeline_and_keeps_failed_starts(several):
    """https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html"""
    target = several.the("files", "AWS::Scheduler::Schedule")["Target"]
    role = target["RoleArn"]["Fn::GetAtt"][0]
    trust = several.templates["files"]["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]
    (statement,) = trust["Statement"]
    assert statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
    (group,) = several.resources("files", "AWS::Scheduler::ScheduleGroup")
    assert joined(statement["Condition"]["ArnLike"]["aws:SourceArn"]) == f"<{group}.Arn>"
    (policy,) = [
        each
        for each in several.resources("files", "AWS::IAM::Policy").values()
        if each["Properties"]["Roles"] == [{"Ref": role}]
    ]
    start, send = statements(policy)
    assert start["Action"] == ["sagemaker:StartPipelineExecution"]
    assert [joined(each) for each in start["Resource"]] == [joined(target["Arn"])]
    assert send["Action"] == ["sqs:SendMessage"]
    assert send["Resource"] == [target["DeadLetterConfig"]["Arn"]]


def test_lost_starts_of_the_group_raise_an_alarm(several):
    (alarm,) = [
        each["Properties"]
        for name, each in several.resources("files", "AWS::CloudWatch::Alarm").items()
        if name.startswith("ScheduleEachMorningInZoneLostStarts")
    ]
    assert alarm["Namespace"] == "AWS/Scheduler"
    (dimension,) = alarm["Dimensions"]
    assert dimension["Name"] == "ScheduleGroup"


def test_the_parameters_are_those_of_each_schedule():
    schedule = replace(BERLIN, parameters={"ProcessingInstanceCount": 2})
    demand = Pipeline(name="demand", schedules=(schedule,))
    basic = replace(BASIC, pipelines=(demand,))
    target = synthesise(basic, **FIXED).the("demand", "AWS::Scheduler::Schedule")["Target"]
    assert target["SageMakerPipelineParameters"] == {
        "PipelineParameterList": [{"Name": "ProcessingInstanceCount", "Value": "2"}]
    }
