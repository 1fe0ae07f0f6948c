"""Faults that deliver events and messages twice, late and out of order."""

from __future__ import annotations

import json
import threading
import time

import pytest

from local_cloud import events
from local_cloud.events.delayed_calls import DelayedCalls
from local_cloud.faults import FAULTS
from local_cloud.faults.fault import Fault

ACCOUNT = "us-east-1:123456789012"


@pytest.fixture(autouse=True)
def no_faults():
    yield
    FAULTS.clear()


@pytest.fixture(scope="module")
def inbox(cloud):
    """A rule for the events of `my.app`. Yields a function that reads its queue."""
    sqs, client = cloud.client("sqs"), cloud.client("events")
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = f"arn:aws:sqs:{ACCOUNT}:inbox"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"Policy": json.dumps({"Statement": [statement]})}
    )
    client.put_rule(Name="inbox", EventPattern='{"source": ["my.app"]}')
    client.put_rule(Name="daily", ScheduleExpression="rate(1 day)")
    for rule in ("inbox", "daily"):
        client.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": arn}])

    def messages(number, *, timeout_seconds=180.0):
        deadline, found = time.monotonic() + timeout_seconds, []
        while len(found) < number:
            assert time.monotonic() < deadline, found
            for message in _received(sqs, url):
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    return messages


def _received(sqs, url):
    return sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", [])


def send(cloud, number):
    detail = json.dumps({"number": number})
    entry = {"Source": "my.app", "DetailType": "done", "Detail": detail}
    cloud.client("events").put_events(Entries=[entry])


def numbers(found):
    return [event["detail"]["number"] for event in found]


def test_an_event_that_is_delivered_twice_is_identical(cloud, inbox):
    FAULTS.inject(Fault("twice", resource="*:rule/inbox"))
    send(cloud, 1)
    one, two = inbox(2)
    assert one == two
    send(cloud, 2)
    assert numbers(inbox(1)) == [2]


def test_a_late_event_arrives_after_the_next_one(cloud, inbox):
    FAULTS.inject(Fault("late", resource="*:rule/inbox", seconds=5))
    send(cloud, 1)
    send(cloud, 2)
    assert numbers(inbox(2)) == [2, 1]


def test_the_events_of_another_rule_are_not_affected(cloud, inbox):
    FAULTS.inject(Fault("twice", resource="*:rule/another"))
    send(cloud, 1)
    assert numbers(inbox(1)) == [1]
    assert FAULTS.report()["hits"] == []


def test_a_schedule_that_is_fired_manually_may_fire_twice_and_late(cloud, inbox):
    FAULTS.inject(Fault("twice", resource="*:rule/daily"))
    assert [delivery.error for delivery in events.fire("daily")] == [None, None]
    one, two = inbox(2)
    assert one == two
    FAULTS.inject(Fault("late", resource="*:rule/daily", seconds=1))
    began = time.monotonic()
    events.fire("daily")
    assert time.monotonic() - began >= 1
    inbox(1)


def test_delayed_calls_end_with_their_cloud():
    done = []
    later = DelayedCalls()
    before = set(threading.enumerate())
    later.call(0, lambda: done.append("now"))
    later.call(60, lambda: done.append("late"))
    later.close()
    later.call(0.1, lambda: done.append("after"))
    for thread in set(threading.enumerate()) - before:
        thread.join()
    assert done == ["now"]
