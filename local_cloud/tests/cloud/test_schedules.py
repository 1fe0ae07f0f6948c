"""EventBridge Scheduler starts pipelines in time zones."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local_cloud import events
from local_cloud.commands.tick import find_rule
from local_cloud.events.rule_scheduler import RuleScheduler
from local_cloud.events.schedules import schedules

ACCOUNT = "123456789012"
PIPELINE = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:pipeline/app-zoned"
GROUP = f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule-group/zoned"
BERLIN = {
    "GroupName": "zoned",
    "ScheduleExpression": "cron(30 2 * * ? *)",
    "ScheduleExpressionTimezone": "Europe/Berlin",
    "FlexibleTimeWindow": {"Mode": "OFF"},
}


def role(cloud, name, *, source=GROUP, actions=("sagemaker:StartPipelineExecution",)):
    """A role that EventBridge Scheduler may assume for a group."""
    iam = cloud.client("iam")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"ArnLike": {"aws:SourceArn": source}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
    return arn


@pytest.fixture(scope="module")
def pipeline(cloud):
    """A pipeline that fails with its parameter as the reason, and a group of schedules."""
    definition = {
        "Version": "2020-12-01",
        "Parameters": [{"Name": "Why", "Type": "String", "DefaultValue": "nothing"}],
        "Steps": [
            {
                "Name": "Stop",
                "Type": "Fail",
                "Arguments": {"ErrorMessage": {"Get": "Parameters.Why"}},
            }
        ],
    }
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    owner = cloud.client("iam").create_role(
        RoleName="zoned-pipeline", AssumeRolePolicyDocument=document
    )
    cloud.client("sagemaker").create_pipeline(
        PipelineName="app-zoned",
        PipelineDefinition=json.dumps(definition),
        ClientRequestToken="z" * 32,
        RoleArn=owner["Role"]["Arn"],
    )
    cloud.client("scheduler").create_schedule_group(Name="zoned")


def test_a_fired_schedule_starts_the_pipeline_with_its_role_and_parameters(cloud, pipeline):
    parameters = {"PipelineParameterList": [{"Name": "Why", "Value": "the zone says so"}]}
    target = {
        "Arn": PIPELINE,
        "RoleArn": role(cloud, "zoned-starter"),
        "SageMakerPipelineParameters": parameters,
    }
    cloud.client("scheduler").create_schedule(Name="zoned-start", Target=target, **BERLIN)
    (delivery,) = events.fire("zoned-start")
    assert delivery.error is None
    started = delivery.result["PipelineExecutionArn"]
    shown = cloud.client("sagemaker").list_pipeline_parameters_for_execution(
        PipelineExecutionArn=started
    )
    assert shown["PipelineParameters"] == parameters["PipelineParameterList"]


def test_a_failed_start_goes_to_the_queue_with_the_role_of_the_schedule(cloud, pipeline):
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="zoned-dead")["QueueUrl"]
    target = {
        "Arn": PIPELINE,
        "RoleArn": role(cloud, "zoned-sender", actions=("sqs:SendMessage",)),
        "DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:zoned-dead"},
    }
    cloud.client("scheduler").create_schedule(Name="zoned-denied", Target=target, **BERLIN)
    (delivery,) = events.fire("zoned-denied")
    assert "not authorized to perform: sagemaker:StartPipelineExecution" in delivery.error
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    attributes = {k: v["StringValue"] for k, v in message["MessageAttributes"].items()}
    assert attributes["SCHEDULE_ARN"].endswith(":schedule/zoned/zoned-denied")
    assert attributes["TARGET_ARN"] == PIPELINE


def test_a_start_that_the_queue_did_not_receive_is_counted_for_the_group(cloud, pipeline):
    target = {
        "Arn": PIPELINE,
        "RoleArn": role(cloud, "zoned-distrusting", source=f"{GROUP}-other"),
        "DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:zoned-missing"},
    }
    cloud.client("scheduler").create_schedule(Name="zoned-lost", Target=target, **BERLIN)
    (delivery,) = events.fire("zoned-lost")
    assert "its trust policy does not allow it" in delivery.error
    (metric,) = cloud.client("cloudwatch").list_metrics(Namespace="AWS/Scheduler")["Metrics"]
    assert metric["MetricName"] == "InvocationsFailedToBeSentToDeadLetterCount"
    assert metric["Dimensions"] == [{"Name": "ScheduleGroup", "Value": "zoned"}]


def test_a_start_date_that_has_passed_is_accepted(cloud, pipeline):
    """Pipeline.put_triggers of the SDK sets the time of its call:

    https://github.com/aws/sagemaker-python-sdk/blob/v2.257.7/src/sagemaker/workflow/pipeline.py
    """
    now = datetime.now(UTC).replace(microsecond=0)
    client = cloud.client("scheduler")
    target = {"Arn": PIPELINE, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/none"}
    client.create_schedule(**{**BERLIN, "Name": "zoned-now", "Target": target, "StartDate": now})
    assert client.get_schedule(Name="zoned-now", GroupName="zoned")["StartDate"] == now


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"ScheduleExpression": "cron(0 0 * * * *)"}, "day-of-month and day-of-week"),
        ({"ScheduleExpressionTimezone": "Europe/Bonn"}, "Europe/Berlin"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}}, "flexible"),
        ({"StartDate": datetime(2030, 1, 1, tzinfo=UTC)}, "a StartDate in the future"),
        ({"EndDate": datetime(2030, 1, 1, tzinfo=UTC)}, "EndDate"),
    ],
)
def test_an_invalid_schedule_is_refused(cloud, pipeline, change, error):
    client = cloud.client("scheduler")
    target = {"Arn": PIPELINE, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/none"}
    with pytest.raises(ClientError, match=error):
        client.create_schedule(**{"Name": "invalid", "Target": target, **BERLIN, **change})
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_schedule(Name="invalid", GroupName="zoned")


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # 02:30 does not exist on 29 March, and exists twice on 25 October.
        (datetime(2026, 3, 28, 12, tzinfo=UTC), [datetime(2026, 3, 30, 0, 30, tzinfo=UTC)]),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]),
    ],
)
def test_the_clock_follows_daylight_saving_time(cloud, pipeline, start, expected):
    target = {"Arn": PIPELINE, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/none"}
    client = cloud.client("scheduler")
    client.create_schedule(Name="nightly-zoned", Target=target, **BERLIN)
    (schedule,) = [each for each in schedules("us-east-1") if each.name == "nightly-zoned"]
    fired = []
    clock = RuleScheduler(
        rules=lambda: [schedule], fire=lambda fired_schedule, due: fired.append(due)
    )
    for quarter in range(0, 4 * 37):
        clock.fire_due(start + timedelta(minutes=15 * quarter))
    client.delete_schedule(Name="nightly-zoned", GroupName="zoned")
    assert fired == expected


def test_tick_finds_the_schedule_by_its_name(cloud, pipeline):
    target = {"Arn": PIPELINE, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/none"}
    cloud.client("scheduler").create_schedule(Name="zoned-tick", Target=target, **BERLIN)
    assert find_rule(cloud.client("events"), cloud.client("scheduler"), "zoned-tick") == (
        "zoned-tick"
    )
