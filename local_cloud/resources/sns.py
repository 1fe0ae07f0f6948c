"""AWS::SNS: topics, their policies and subscriptions."""

from __future__ import annotations

import json
from typing import Any, Self

from local_cloud.resources.base import ServiceResource, removed_keys


class Topic(ServiceResource):
    """AWS::SNS::Topic; Ref and TopicArn return the ARN."""

    TYPE = "AWS::SNS::Topic"
    PROPERTIES = frozenset({"DisplayName", "KmsMasterKeyId", "Subscription", "Tags", "TopicName"})
    MUTABLE = frozenset({"DisplayName", "KmsMasterKeyId", "Tags"})

    def create(self) -> None:
        """Call CreateTopic, then Subscribe for each subscription."""
        name = self.properties.get("TopicName", self.name)
        attributes = {name: str(v) for name, v in self.given(*_TOPIC_ATTRIBUTES).items()}
        arn = self._sns.create_topic(Name=name, Attributes=attributes, Tags=self.tags)["TopicArn"]
        self.physical_resource_id = arn
        self.attributes = {"TopicArn": arn, "TopicName": name}
        for subscription in self.properties.get("Subscription", []):
            self._sns.subscribe(TopicArn=arn, **subscription)

    def update(self, before: Self) -> None:
        """Call SetTopicAttributes, then update the tags."""
        arn = self.physical_resource_id
        for name in _TOPIC_ATTRIBUTES:
            if self.properties.get(name) != before.properties.get(name):
                value = str(self.properties.get(name, ""))
                self._sns.set_topic_attributes(
                    TopicArn=arn, AttributeName=name, AttributeValue=value
                )
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self._sns.untag_resource(ResourceArn=arn, TagKeys=removed)
        if self.tags:
            self._sns.tag_resource(ResourceArn=arn, Tags=self.tags)

    def remove(self) -> None:
        """Call DeleteTopic."""
        self._sns.delete_topic(TopicArn=self.physical_resource_id)

    @property
    def _sns(self) -> Any:
        return self.service("sns")


class TopicPolicy(ServiceResource):
    """AWS::SNS::TopicPolicy."""

    TYPE = "AWS::SNS::TopicPolicy"
    PROPERTIES = frozenset({"PolicyDocument", "Topics"})
    MUTABLE = frozenset({"PolicyDocument"})

    def create(self) -> None:
        """Call SetTopicAttributes."""
        self.physical_resource_id = self.name
        self._set()

    def update(self, before: Self) -> None:
        """Call SetTopicAttributes."""
        self._set()

    def remove(self) -> None:
        """Restore the policy of a new topic, which allows only the owner."""
        for arn in self.properties["Topics"]:
            owner_only = {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": "SNS:Publish",
                "Resource": arn,
                "Condition": {"StringEquals": {"AWS:SourceOwner": arn.split(":")[4]}},
            }
            self._put(arn, {"Version": "2012-10-17", "Statement": [owner_only]})

    def _set(self) -> None:
        for arn in self.properties["Topics"]:
            self._put(arn, self.properties["PolicyDocument"])

    def _put(self, arn: str, policy: dict[str, Any]) -> None:
        self.service("sns").set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy)
        )


class Subscription(ServiceResource):
    """AWS::SNS::Subscription; Ref returns the ARN."""

    TYPE = "AWS::SNS::Subscription"
    _ATTRIBUTES = ("FilterPolicy", "RawMessageDelivery", "RedrivePolicy")
    PROPERTIES = frozenset({"Endpoint", "Protocol", "TopicArn", *_ATTRIBUTES})
    MUTABLE = frozenset()

    def create(self) -> None:
        """Call Subscribe."""
        given = self.given(*self._ATTRIBUTES)
        attributes = {
            name: json.dumps(value) if isinstance(value, (dict, bool)) else value
            for name, value in given.items()
        }
        self.physical_resource_id = self.service("sns").subscribe(
            **self.given("Endpoint", "Protocol", "TopicArn"),
            Attributes=attributes,
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        self.attributes = {"Arn": self.physical_resource_id}

    def remove(self) -> None:
        """Call Unsubscribe."""
        self.service("sns").unsubscribe(SubscriptionArn=self.physical_resource_id)


_TOPIC_ATTRIBUTES = ("DisplayName", "KmsMasterKeyId")
