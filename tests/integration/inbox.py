"""A queue that receives the messages of the alert topic."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.faults.watching import eventually
from tests.integration.laptop import Laptop


@dataclass(frozen=True)
class Inbox:
    """The queue, and the messages that were received from it, with their subjects, as JSON."""

    laptop: Laptop
    queue: str
    received: list[str] = field(default_factory=list)

    def messages(self, *words: str) -> list[str]:
        """Wait for messages that contain these words; others may come before them."""

        def find() -> list[str]:
            self._receive()
            return [each for each in self.received if all(word in each for word in words)]

        return eventually(find)

    def _receive(self) -> None:
        sqs = self.laptop.client("sqs")
        answer = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in answer.get("Messages", []):
            self.received.append(message["Body"])
            sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])


def subscribed(laptop: Laptop, name: str) -> Inbox:
    """Create a queue of this name that receives the messages of the alert topic from now on."""
    sqs, sns = laptop.client("sqs"), laptop.client("sns")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    topic = laptop.output("redline-local-alerts", "AlertTopicArn")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"])
    return Inbox(laptop, queue)
