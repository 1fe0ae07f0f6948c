"""Alerts, dead-letter queues and failed starts."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest

from tests.faults.watching import (
    alarm,
    alerts,
    ended,
    eventually,
    executions,
    physical_id,
    queued_messages,
    started,
)

pytestmark = pytest.mark.laptop

SCHEDULED = "tickit"

# A text that is not a day: the run fails in its first step.
NO_DAY = {"FirstDay": "someday", "LastDay": "someday"}
# The request of a step to the function of long extractions, without the location.
UNLOADING = {
    "query": "SELECT 1",
    "execution_id": "none",
    "format": "PARQUET",
    "partition_by": "",
    "parallel": "ON",
}


@pytest.mark.fault(
    "the event of a failed run is delivered twice",
    sees="survived: two identical messages, which name the run",
    retried="nothing",
    kept="no component depends on the message",
)
def test_a_failure_event_that_is_delivered_twice(laptop, faults):
    rule = physical_id(laptop, "tickit-batch", "RunReportEnded")
    faults.inject("twice", resource=f"*:rule/{rule}")
    run = started(laptop, "tickit-batch", **NO_DAY)
    assert ended(laptop, run)["PipelineExecutionStatus"] == "Failed"
    one, two = eventually(lambda: len(found := alerts(laptop, run)) == 2 and found)
    assert one == two


@pytest.mark.fault(
    "the alert topic is deleted",
    sees="failed cleanly: the run fails as usual; the message is in a queue, whose alarm is on",
    retried="by Lambda: the function twice",
    kept="undelivered messages are kept for two weeks",
)
def test_a_failure_without_an_alert_topic(laptop):
    queue = physical_id(laptop, "tickit-batch", "FailureAlertUntold")
    name = physical_id(laptop, "tickit-batch", "FailureAlertUntoldAlarm")
    with _without_topic(laptop):
        run = started(laptop, "tickit-batch", **NO_DAY)
        assert ended(laptop, run)["PipelineExecutionStatus"] == "Failed"
        (letter,) = eventually(lambda: queued_messages(laptop, queue))
        assert json.loads(letter["Body"])["detail"]["pipelineExecutionArn"] == run
        eventually(lambda: alarm(laptop, name) == "ALARM")
    laptop.client("sqs").purge_queue(QueueUrl=queue)


@pytest.mark.fault(
    "SageMaker throttles a start by a schedule",
    sees="survived: the run starts later",
    retried="by EventBridge, for an hour, with increasing intervals",
    kept="one run is started",
)
def test_a_start_that_is_throttled(laptop, faults):
    before = executions(laptop, SCHEDULED)
    faults.inject("throttle", action="sagemaker:StartPipelineExecution", times=2)
    assert laptop.json("tick", SCHEDULED)["status"] == "Succeeded"
    assert len(executions(laptop, SCHEDULED) - before) == 1
    assert len(faults.hits()) == 2


@pytest.mark.fault(
    "SageMaker rejects a start until EventBridge stops its retries",
    sees="failed cleanly: an alarm; the message in the queue names the rule and the pipeline",
    retried="by EventBridge, for an hour",
    kept="the message is kept for two weeks; no run was started",
)
def test_a_start_that_fails_permanently(laptop, faults):
    queue = physical_id(laptop, SCHEDULED, "ScheduleFailedStarts")
    name = physical_id(laptop, SCHEDULED, "ScheduleFailedStartsAlarm")
    with _refused_starts(laptop, faults):
        (letter,) = eventually(lambda: queued_messages(laptop, queue))
    said = {key: value["StringValue"] for key, value in letter["MessageAttributes"].items()}
    assert said["RULE_ARN"].endswith(f":rule/redline-local-{SCHEDULED}-schedule")
    assert said["TARGET_ARN"].endswith(f":pipeline/redline-local-{SCHEDULED}")
    assert said["ERROR_CODE"] == "ThrottlingException"
    eventually(lambda: alerts(laptop, name))
    laptop.client("sqs").purge_queue(QueueUrl=queue)


@pytest.mark.fault(
    "SageMaker rejects a start, and the queue of failed starts is deleted",
    sees="failed cleanly: an alarm that names the rule and the remedy",
    retried="by EventBridge, for an hour",
    kept="no run was started; there is no other loss",
)
def test_a_start_that_fails_without_a_queue(laptop, faults):
    name = physical_id(laptop, SCHEDULED, "ScheduleLostStartsAlarm")
    queue = physical_id(laptop, SCHEDULED, "ScheduleFailedStarts")
    with _without_queue(laptop, queue), _refused_starts(laptop, faults):
        (message,) = eventually(lambda: alerts(laptop, name))
    assert f"redline-local-{SCHEDULED}-schedule could not start" in message
    assert "start the pipeline manually" in message


@pytest.mark.fault(
    "the function of long extractions fails on every message",
    sees="failed cleanly: an alarm within minutes; runs with long extractions wait",
    retried="by the queue: each message once per minute, a thousand times",
    kept="the messages stay in the queue",
)
def test_a_queue_whose_function_fails_raises_an_alarm(laptop, faults):
    queue = physical_id(laptop, "warehouse", "ExtractionQueue")
    name = physical_id(laptop, "warehouse", "ExtractionFromQueueAlarm")
    faults.inject("crash", role="*-ExtractionFromQueue*", times=None)
    lake = laptop.output("redline-local-data", "LakeBucketName")
    arguments = {**UNLOADING, "s3_uri": f"s3://{lake}/unload/tickit/none/Extract/"}
    stopping = {"token": "none", "status": "Stopping", "arguments": arguments}
    for _ in range(3):
        laptop.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(stopping))
    eventually(lambda: alarm(laptop, name) == "ALARM")
    (message,) = eventually(lambda: alerts(laptop, name))
    assert "their runs wait" in message
    depth = laptop.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    assert depth["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "3"
    laptop.client("sqs").purge_queue(QueueUrl=queue)


@contextmanager
def _refused_starts(laptop, faults):
    """The schedule of the pipeline has fired, and its starts are rejected."""
    before = executions(laptop, SCHEDULED)
    faults.inject("throttle", action="sagemaker:StartPipelineExecution", times=None)
    refused = laptop.run("tick", SCHEDULED, code=1)
    assert "Rate exceeded" in refused.stderr
    yield
    assert executions(laptop, SCHEDULED) == before


@contextmanager
def _without_queue(laptop, url):
    """Delete the queue for a while, then create it again."""
    sqs = laptop.client("sqs")
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    kept = {
        name: found[name] for name in ("Policy", "MessageRetentionPeriod", "SqsManagedSseEnabled")
    }
    sqs.delete_queue(QueueUrl=url)
    try:
        yield
    finally:
        sqs.create_queue(QueueName=url.rpartition("/")[2], Attributes=kept)


@contextmanager
def _without_topic(laptop):
    """Delete the alert topic for a while, then create it again."""
    sns, arn = laptop.client("sns"), laptop.output("redline-local-alerts", "AlertTopicArn")
    found = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    kept = {name: found[name] for name in ("DisplayName", "KmsMasterKeyId", "Policy")}
    sns.delete_topic(TopicArn=arn)
    try:
        yield
    finally:
        sns.create_topic(Name=arn.rpartition(":")[2], Attributes=kept)
