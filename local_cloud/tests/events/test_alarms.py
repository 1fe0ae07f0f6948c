"""Alarms of a running laptop cloud: metrics from PutMetricData cause state changes."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

ALARM = {
    "Namespace": "Redline",
    "MetricName": "DriftedColumns",
    "Dimensions": [{"Name": "Pipeline", "Value": "nightly"}],
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "ignore",
}


class Alarms:
    """Alarms, metrics, and queues for the events and notifications."""

    def __init__(self, cloud, eventually):
        self.client = cloud.client("cloudwatch")
        self._sqs, self._sns = cloud.client("sqs"), cloud.client("sns")
        self._events = cloud.client("events")
        self._eventually = eventually

    def put(self, name, **changes):
        self.client.put_metric_alarm(AlarmName=name, **{**ALARM, **changes})

    def metric(self, value, *, pipeline, name="DriftedColumns", namespace="Redline"):
        dimensions = [{"Name": "Pipeline", "Value": pipeline}]
        datum = {"MetricName": name, "Value": value, "Dimensions": dimensions}
        self.client.put_metric_data(Namespace=namespace, MetricData=[datum])

    def find(self, name):
        return self.client.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]

    def becomes(self, name, state):
        return self._eventually(lambda: (a := self.find(name))["StateValue"] == state and a)

    def inbox(self, name, service):
        """Create a queue to which the service may write. Return its URL and its ARN."""
        url = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return url, arn

    def event_inbox(self, name, alarm):
        """Create a queue that receives the events of an alarm."""
        url, arn = self.inbox(name, "events.amazonaws.com")
        pattern = {
            "source": ["aws.cloudwatch"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "detail": {"alarmName": [alarm], "state": {"value": ["ALARM"]}},
        }
        self._events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        self._events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": arn}])
        return url

    def topic_inbox(self, name, *services):
        """Create a topic for the services, and a queue that receives its messages."""
        url, queue = self.inbox(name, "sns.amazonaws.com")
        topic = self._sns.create_topic(Name=name)["TopicArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": list(services)},
            "Action": "sns:Publish",
            "Resource": topic,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._sns.set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=policy
        )
        self._sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
        return topic, url

    def message(self, url):
        """Wait for the only message of a queue and return it."""
        body = json.loads(self._eventually(lambda: self.messages(url))[0]["Body"])
        assert self.messages(url) == []
        return body

    def messages(self, url):
        found = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return found.get("Messages", [])


@pytest.fixture(scope="module")
def alarms(cloud, eventually):
    return Alarms(cloud, eventually)


def test_a_new_alarm_waits_for_data_and_then_changes(alarms):
    alarms.put("follows", Dimensions=[{"Name": "Pipeline", "Value": "follows"}])
    assert alarms.find("follows")["StateValue"] == "INSUFFICIENT_DATA"
    alarms.metric(2, pipeline="another")
    alarms.metric(0, pipeline="follows")
    assert "was not greater" in alarms.becomes("follows", "OK")["StateReason"]
    alarms.metric(2, pipeline="follows")
    alarm = alarms.becomes("follows", "ALARM")
    assert "[2.0 (" in alarm["StateReason"]
    assert json.loads(alarm["StateReasonData"])["recentDatapoints"] == [2.0]


def test_a_change_is_an_event_in_the_services_format(alarms):
    alarms.put(
        "tells-events",
        AlarmDescription="Inputs drift",
        Dimensions=[{"Name": "Pipeline", "Value": "tells-events"}],
    )
    url = alarms.event_inbox("of-alarms", "tells-events")
    alarms.metric(3, pipeline="tells-events")
    event = alarms.message(url)
    assert event["source"] == "aws.cloudwatch"
    assert event["detail-type"] == "CloudWatch Alarm State Change"
    assert event["resources"] == [alarms.find("tells-events")["AlarmArn"]]
    detail = event["detail"]
    assert detail["alarmName"] == "tells-events"
    assert detail["state"]["value"] == "ALARM"
    assert detail["state"]["reason"].startswith("Threshold Crossed: 1 out of the last 1 ")
    assert detail["previousState"]["value"] == "INSUFFICIENT_DATA"
    assert detail["configuration"]["description"] == "Inputs drift"
    (query,) = detail["configuration"]["metrics"]
    assert query["metricStat"] == {
        "metric": {
            "dimensions": {"Pipeline": "tells-events"},
            "name": "DriftedColumns",
            "namespace": "Redline",
        },
        "period": 60,
        "stat": "Maximum",
    }


def test_a_change_notifies_the_topics_of_the_new_state_once(alarms):
    topic, url = alarms.topic_inbox("alarm-topic", "cloudwatch.amazonaws.com")
    other, silent = alarms.topic_inbox("ok-topic", "cloudwatch.amazonaws.com")
    alarms.put(
        "tells-topics",
        AlarmActions=[topic],
        OKActions=[other],
        Dimensions=[{"Name": "Pipeline", "Value": "tells-topics"}],
    )
    alarms.metric(3, pipeline="tells-topics")
    alarms.metric(4, pipeline="tells-topics")
    notification = alarms.message(url)
    assert notification["Subject"] == 'ALARM: "tells-topics" in us-east-1'
    message = json.loads(notification["Message"])
    assert (message["OldStateValue"], message["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert message["Trigger"]["Dimensions"] == [{"value": "tells-topics", "name": "Pipeline"}]
    assert alarms.messages(silent) == []


def test_a_topic_whose_policy_denies_cloudwatch_receives_nothing(alarms):
    topic, url = alarms.topic_inbox("closed-topic", "events.amazonaws.com")
    alarms.put(
        "shut-out", AlarmActions=[topic], Dimensions=[{"Name": "Pipeline", "Value": "shut-out"}]
    )
    alarms.metric(3, pipeline="shut-out")
    alarms.becomes("shut-out", "ALARM")
    assert alarms.messages(url) == []


def test_a_manual_state_runs_actions_and_lasts_until_the_evaluation(alarms):
    topic, url = alarms.topic_inbox("hand-topic", "cloudwatch.amazonaws.com")
    alarms.put(
        "by-hand",
        AlarmActions=[topic],
        TreatMissingData="notBreaching",
        Dimensions=[{"Name": "Pipeline", "Value": "by-hand"}],
    )
    alarms.becomes("by-hand", "OK")
    alarms.client.set_alarm_state(AlarmName="by-hand", StateValue="ALARM", StateReason="a test")
    message = json.loads(alarms.message(url)["Message"])
    assert message["NewStateReason"] == "a test"
    assert "treated as [NonBreaching]" in alarms.becomes("by-hand", "OK")["StateReason"]


def test_an_updated_alarm_keeps_its_state(alarms):
    dimensions = [{"Name": "Pipeline", "Value": "changed"}]
    alarms.put("changed", Dimensions=dimensions)
    alarms.metric(1, pipeline="changed")
    since = alarms.becomes("changed", "ALARM")["StateUpdatedTimestamp"]
    alarms.put("changed", Dimensions=dimensions, AlarmDescription="another")
    found = alarms.find("changed")
    assert (found["StateValue"], found["StateUpdatedTimestamp"]) == ("ALARM", since)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Statistic": None, "ExtendedStatistic": "tm90"}, "tm90"),
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "GreaterThanUpperThreshold"),
        ({"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]}, "ec2:stop"),
        ({"DatapointsToAlarm": 2}, "DatapointsToAlarm"),
        ({"TreatMissingData": "guess"}, "guess"),
    ],
)
def test_unsupported_settings_are_refused_by_name(alarms, changes, words):
    settings = {name: value for name, value in {**ALARM, **changes}.items() if value is not None}
    with pytest.raises(ClientError, match=words):
        alarms.client.put_metric_alarm(AlarmName="refused", **settings)
    assert alarms.client.describe_alarms(AlarmNames=["refused"])["MetricAlarms"] == []


def test_metric_math_is_refused_by_name(alarms):
    math = [{"Id": "m", "Expression": "a / b", "ReturnData": True}]
    with pytest.raises(ClientError, match="metric math"):
        alarms.client.put_metric_alarm(
            AlarmName="refused",
            Metrics=math,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )


def test_the_depth_of_a_watched_queue_is_measured(cloud, alarms):
    url, _ = alarms.inbox("watched-queue", "events.amazonaws.com")
    alarms.put(
        "queue-depth",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "watched-queue"}],
        Period=300,
        TreatMissingData="notBreaching",
    )
    alarms.becomes("queue-depth", "OK")
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="lost")
    assert "[1.0 (" in alarms.becomes("queue-depth", "ALARM")["StateReason"]
