"""AWS::SQS: queues and their policies."""

from __future__ import annotations

import json
from typing import Any, Self

from local_cloud.resources.base import ServiceResource, as_mapping, removed_keys


class Queue(ServiceResource):
    """AWS::SQS::Queue; Ref returns the URL."""

    TYPE = "AWS::SQS::Queue"
    _ATTRIBUTES = frozenset(
        {
            "DelaySeconds",
            "KmsDataKeyReusePeriodSeconds",
            "KmsMasterKeyId",
            "MaximumMessageSize",
            "MessageRetentionPeriod",
            "ReceiveMessageWaitTimeSeconds",
            "RedrivePolicy",
            "SqsManagedSseEnabled",
            "VisibilityTimeout",
        }
    )
    PROPERTIES = _ATTRIBUTES | {"QueueName", "Tags"}
    MUTABLE = _ATTRIBUTES | {"Tags"}

    def create(self) -> None:
        """Call CreateQueue."""
        name = self.properties.get("QueueName", self.short_name(80))
        answer = self._sqs.create_queue(
            QueueName=name, Attributes=self._attributes(), tags=as_mapping(self.tags)
        )
        self.physical_resource_id = answer["QueueUrl"]
        arn = self._sqs.get_queue_attributes(
            QueueUrl=self.physical_resource_id, AttributeNames=["QueueArn"]
        )["Attributes"]["QueueArn"]
        url = self.physical_resource_id
        self.attributes = {"Arn": arn, "QueueName": name, "QueueUrl": url}

    def update(self, before: Self) -> None:
        """Call SetQueueAttributes, with defaults for removed attributes, then update the tags."""
        defaults = {name: _DEFAULTS[name] for name in before._attributes() if name in _DEFAULTS}
        self._sqs.set_queue_attributes(
            QueueUrl=self.physical_resource_id, Attributes=defaults | self._attributes()
        )
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self._sqs.untag_queue(QueueUrl=self.physical_resource_id, TagKeys=removed)
        if self.tags:
            self._sqs.tag_queue(QueueUrl=self.physical_resource_id, Tags=as_mapping(self.tags))

    def remove(self) -> None:
        """Call DeleteQueue."""
        self._sqs.delete_queue(QueueUrl=self.physical_resource_id)

    @property
    def _sqs(self) -> Any:
        return self.service("sqs")

    def _attributes(self) -> dict[str, str]:
        given = self.given(*sorted(self._ATTRIBUTES))
        return {name: _as_text(value) for name, value in given.items()}


class QueuePolicy(ServiceResource):
    """AWS::SQS::QueuePolicy."""

    TYPE = "AWS::SQS::QueuePolicy"
    PROPERTIES = frozenset({"PolicyDocument", "Queues"})
    MUTABLE = PROPERTIES

    def create(self) -> None:
        """Call SetQueueAttributes."""
        self.physical_resource_id = self.name
        self._set(self.properties["Queues"], json.dumps(self.properties["PolicyDocument"]))

    def update(self, before: Self) -> None:
        """Call SetQueueAttributes, with an empty policy for the removed queues."""
        queues = self.properties["Queues"]
        self._set([url for url in before.properties["Queues"] if url not in queues], "")
        self._set(queues, json.dumps(self.properties["PolicyDocument"]))

    def remove(self) -> None:
        """Set an empty policy."""
        self._set(self.properties["Queues"], "")

    def _set(self, urls: list[str], policy: str) -> None:
        for url in urls:
            self.service("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


# The defaults of attributes that the template no longer sets.
_DEFAULTS = {
    "DelaySeconds": "0",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "RedrivePolicy": "",
    "VisibilityTimeout": "30",
}


def _as_text(value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
