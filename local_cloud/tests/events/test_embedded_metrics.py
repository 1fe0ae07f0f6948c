"""Log events of the embedded metric format create metrics.

The document is the example of
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from local_cloud.events.embedded_metrics import embedded_metrics

NOW = int(time.time() * 1000)


def document(*, directive=(), timestamp=NOW, **members):
    definition = {
        "Namespace": "lambda-function-metrics",
        "Dimensions": [["functionVersion"]],
        "Metrics": [{"Name": "time", "Unit": "Milliseconds"}],
        **dict(directive),
    }
    metadata = {"Timestamp": timestamp, "CloudWatchMetrics": [definition]}
    return {"_aws": metadata, "functionVersion": "$LATEST", "time": 100, **members}


def test_a_log_event_becomes_a_metric(cloud):
    logs, metrics = cloud.client("logs"), cloud.client("cloudwatch")
    sent = datetime.fromtimestamp(NOW / 1000, UTC)
    logs.create_log_group(logGroupName="app")
    logs.create_log_stream(logGroupName="app", logStreamName="one")
    messages = ["plain text", json.dumps(document()), json.dumps(document(time=[50, 60]))]
    events = [{"timestamp": NOW, "message": message} for message in messages]
    logs.put_log_events(logGroupName="app", logStreamName="one", logEvents=events)

    found = metrics.get_metric_statistics(
        Namespace="lambda-function-metrics",
        MetricName="time",
        Dimensions=[{"Name": "functionVersion", "Value": "$LATEST"}],
        StartTime=sent - timedelta(minutes=5),
        EndTime=sent + timedelta(minutes=5),
        Period=600,
        Statistics=["Sum", "SampleCount"],
    )["Datapoints"]
    assert sum(each["Sum"] for each in found) == 210
    assert sum(each["SampleCount"] for each in found) == 3
    assert {each["Unit"] for each in found} == {"Milliseconds"}
    stored = logs.get_log_events(logGroupName="app", logStreamName="one")["events"]
    assert [each["message"] for each in stored] == messages


def test_each_set_of_dimensions_is_a_metric():
    sets = {"Dimensions": [["functionVersion"], []]}
    ((namespace, data),) = embedded_metrics(json.dumps(document(directive=sets)))
    assert namespace == "lambda-function-metrics"
    assert [each["Dimensions"] for each in data] == [
        [{"Name": "functionVersion", "Value": "$LATEST"}],
        [],
    ]


@pytest.mark.parametrize(
    "message",
    [
        "text with \"CloudWatchMetrics\" in it",
        json.dumps(["CloudWatchMetrics"]),
        json.dumps(document(time="100")),
        json.dumps(document(time=True)),
        json.dumps(document(time=[1] * 101)),
        json.dumps(document(functionVersion=1)),
        json.dumps(document(timestamp=None)),
        json.dumps(document(directive={"Metrics": [{"Name": "missing"}]})),
        json.dumps(document(directive={"Dimensions": [["missing"]]})),
        json.dumps(document(directive={"Metrics": [{"Name": "time"}] * 101})),
        json.dumps(document(directive={"Namespace": None, "Dimensions": None})),
    ],
)  # fmt: skip
def test_other_messages_have_no_metrics(message):
    assert list(embedded_metrics(message)) == []
