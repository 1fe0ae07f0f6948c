"""Alerts, dead letters and starts that fail."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest

from tests.faults.watching import alarm, ended, eventually, executions, letters, made, started, told

pytestmark = pytest.mark.laptop

# A day for which there are no events: the run fails in its first step.
NO_EVENTS = {"FirstDay": "2050-01-01", "LastDay": "2050-01-01"}
# What a step asks of the function of long extractions, but for the place.
UNLOADING = {
    "query": "SELECT 1",
    "execution_id": "none",
    "format": "PARQUET",
    "partition_by": "",
    "parallel": "ON",
}


@pytest.mark.fault(
    "the event of a failed run is delivered twice",
    sees="survived: two equal messages, which name the run",
    retried="nothing",
    kept="nothing hangs on the message",
)
def test_a_failure_that_is_told_twice(laptop, faults):
    rule = made(laptop, "tickit-batch", "FailureAlertRule")
    faults.inject("twice", resource=f"*:rule/{rule}")
    run = started(laptop, "tickit-batch", **NO_EVENTS)
    assert ended(laptop, run)["PipelineExecutionStatus"] == "Failed"
    one, two = eventually(lambda: len(found := told(laptop, run)) == 2 and found)
    assert one == two


@pytest.mark.fault(
    "the alert topic is gone",
    sees="failed cleanly: the run fails as ever; the message is in a queue and its alarm is on",
    retried="nothing: EventBridge does not try again where there is no topic",
    kept="what could not be told is kept for two weeks",
)
def test_a_failure_that_nobody_can_be_told(laptop):
    queue = made(laptop, "tickit-batch", "FailureAlertUntold")
    name = made(laptop, "tickit-batch", "FailureAlertUntoldAlarm")
    with _without_topic(laptop):
        run = started(laptop, "tickit-batch", **NO_EVENTS)
        assert ended(laptop, run)["PipelineExecutionStatus"] == "Failed"
        (letter,) = eventually(lambda: letters(laptop, queue))
        assert json.loads(letter["Body"])["detail"]["pipelineExecutionArn"] == run
        eventually(lambda: alarm(laptop, name) == "ALARM")
    laptop.client("sqs").purge_queue(QueueUrl=queue)


@pytest.mark.fault(
    "SageMaker throttles the start that a schedule makes",
    sees="survived: the run starts a little later",
    retried="by EventBridge, for an hour, with growing pauses",
    kept="one run is started",
)
def test_a_start_that_is_throttled(laptop, faults):
    before = executions(laptop, "insurance")
    faults.inject("throttle", action="sagemaker:StartPipelineExecution", times=2)
    assert laptop.json("tick", "insurance")["status"] == "Succeeded"
    assert len(executions(laptop, "insurance") - before) == 1
    assert len(faults.hits()) == 2


@pytest.mark.fault(
    "a start is refused until EventBridge gives up",
    sees="failed cleanly: an alarm; the message in the queue names rule and pipeline",
    retried="by EventBridge, for an hour",
    kept="the message is kept for two weeks; nothing was started",
)
def test_a_start_that_fails_for_good(laptop, faults):
    queue = made(laptop, "insurance", "ScheduleFailedStarts")
    name = made(laptop, "insurance", "ScheduleFailedStartsAlarm")
    with _refused_starts(laptop, faults):
        (letter,) = eventually(lambda: letters(laptop, queue))
    said = {key: value["StringValue"] for key, value in letter["MessageAttributes"].items()}
    assert said["RULE_ARN"].endswith(":rule/redline-local-insurance-schedule")
    assert said["TARGET_ARN"].endswith(":pipeline/redline-local-insurance")
    assert said["ERROR_CODE"] == "ThrottlingException"
    eventually(lambda: told(laptop, name))
    laptop.client("sqs").purge_queue(QueueUrl=queue)


@pytest.mark.fault(
    "a start is refused, and the queue of failed starts is gone",
    sees="failed cleanly: an alarm that says which rule lost a start, and what to do",
    retried="by EventBridge, for an hour",
    kept="nothing was started; a schedule has nothing else to lose",
)
def test_a_start_that_not_even_its_queue_gets(laptop, faults):
    name = made(laptop, "insurance", "ScheduleLostStartsAlarm")
    queue = made(laptop, "insurance", "ScheduleFailedStarts")
    with _without_queue(laptop, queue), _refused_starts(laptop, faults):
        (message,) = eventually(lambda: told(laptop, name))
    assert "redline-local-insurance-schedule could not start" in message
    assert "start the pipeline by hand" in message


@pytest.mark.fault(
    "the function of long extractions fails on every message",
    sees="failed cleanly: an alarm within minutes; runs that extract so wait",
    retried="by the queue: each message every minute, a thousand times",
    kept="the messages stay in the queue",
)
def test_a_queue_whose_function_fails_is_told(laptop, faults):
    queue = made(laptop, "warehouse", "ExtractionQueue")
    name = made(laptop, "warehouse", "ExtractionFromQueueAlarm")
    faults.inject("crash", role="*-ExtractionFromQueue*", times=None)
    lake = laptop.output("redline-local-data", "LakeBucketName")
    arguments = {**UNLOADING, "s3_uri": f"s3://{lake}/unload/tickit/none/Extract/"}
    stopping = {"token": "none", "status": "Stopping", "arguments": arguments}
    for _ in range(3):
        laptop.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(stopping))
    eventually(lambda: alarm(laptop, name) == "ALARM")
    (message,) = eventually(lambda: told(laptop, name))
    assert "their runs wait" in message
    depth = laptop.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    assert depth["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "3"
    laptop.client("sqs").purge_queue(QueueUrl=queue)


@contextmanager
def _refused_starts(laptop, faults):
    """The schedule of insurance has fired, and starts nothing."""
    before = executions(laptop, "insurance")
    faults.inject("throttle", action="sagemaker:StartPipelineExecution", times=None)
    refused = laptop.run("tick", "insurance", code=1)
    assert "Rate exceeded" in refused.stderr
    yield
    assert executions(laptop, "insurance") == before


@contextmanager
def _without_queue(laptop, url):
    """The queue is gone, and made again as it was in the end."""
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
    """The alert topic is gone, and made again as it was in the end."""
    sns, arn = laptop.client("sns"), laptop.output("redline-local-alerts", "AlertTopicArn")
    found = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    kept = {name: found[name] for name in ("DisplayName", "KmsMasterKeyId", "Policy")}
    sns.delete_topic(TopicArn=arn)
    try:
        yield
    finally:
        sns.create_topic(Name=arn.rpartition(":")[2], Attributes=kept)
