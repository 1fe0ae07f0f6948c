"""Topics, and queues that are subscribed to topics."""

from __future__ import annotations

import json

import pytest


def topic(aws):
    sns, logs = aws.client("sns"), aws.client("logs")
    arn = sns.create_topic(Name="life")["TopicArn"]
    assert arn in [each["TopicArn"] for each in sns.list_topics()["Topics"]]
    sns.set_topic_attributes(TopicArn=arn, AttributeName="DisplayName", AttributeValue="new")
    assert sns.get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"] == "new"
    sns.publish(TopicArn=arn, Message="hello")
    group = f"sns/{aws.region}/{aws.account}/life"
    (line,) = logs.filter_log_events(logGroupName=group)["events"]
    assert json.loads(line["message"])["message"] == "hello"
    tags = [{"Key": "team", "Value": "a"}]
    sns.tag_resource(ResourceArn=arn, Tags=tags)
    assert sns.list_tags_for_resource(ResourceArn=arn)["Tags"] == tags
    sns.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert sns.list_tags_for_resource(ResourceArn=arn)["Tags"] == []
    sns.delete_topic(TopicArn=arn)
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.get_topic_attributes(TopicArn=arn)


def subscription(aws):
    sns, sqs = aws.client("sns"), aws.client("sqs")
    topic = sns.create_topic(Name="life-read")["TopicArn"]
    url = sqs.create_queue(QueueName="life-read")["QueueUrl"]
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    queue = shown["Attributes"]["QueueArn"]
    given = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": queue}
    arn = sns.subscribe(**given, ReturnSubscriptionArn=True)["SubscriptionArn"]
    found = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert (found["Protocol"], found["Endpoint"]) == ("sqs", queue)
    for listed in (sns.list_subscriptions(), sns.list_subscriptions_by_topic(TopicArn=topic)):
        assert arn in [each["SubscriptionArn"] for each in listed["Subscriptions"]]
    sns.publish(TopicArn=topic, Message="hello")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["Message"] == "hello"
    sns.unsubscribe(SubscriptionArn=arn)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    sns.delete_topic(TopicArn=topic)
    sqs.delete_queue(QueueUrl=url)
