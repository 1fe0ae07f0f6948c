"""Queues."""

from __future__ import annotations

import pytest


def queue(aws):
    sqs = aws.client("sqs")
    name = {"QueueUrl": sqs.create_queue(QueueName="life")["QueueUrl"]}
    assert sqs.get_queue_url(QueueName="life")["QueueUrl"] == name["QueueUrl"]
    assert name["QueueUrl"] in sqs.list_queues()["QueueUrls"]
    sqs.set_queue_attributes(**name, Attributes={"VisibilityTimeout": "40"})
    shown = sqs.get_queue_attributes(**name, AttributeNames=["VisibilityTimeout"])
    assert shown["Attributes"] == {"VisibilityTimeout": "40"}
    sqs.send_message(**name, MessageBody="one")
    (message,) = sqs.receive_message(**name)["Messages"]
    assert message["Body"] == "one"
    assert "Messages" not in sqs.receive_message(**name)
    sqs.change_message_visibility(
        **name, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
    )
    (message,) = sqs.receive_message(**name)["Messages"]
    sqs.delete_message(**name, ReceiptHandle=message["ReceiptHandle"])
    assert _depth(sqs, name) == "0"
    sqs.send_message(**name, MessageBody="two")
    sqs.purge_queue(**name)
    assert _depth(sqs, name) == "0"
    sqs.tag_queue(**name, Tags={"team": "a"})
    assert sqs.list_queue_tags(**name)["Tags"] == {"team": "a"}
    sqs.untag_queue(**name, TagKeys=["team"])
    assert sqs.list_queue_tags(**name).get("Tags", {}) == {}
    sqs.delete_queue(**name)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="life")


def _depth(sqs, name):
    shown = sqs.get_queue_attributes(**name, AttributeNames=["ApproximateNumberOfMessages"])
    return shown["Attributes"]["ApproximateNumberOfMessages"]
