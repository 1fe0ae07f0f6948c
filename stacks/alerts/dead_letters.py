"""Dead-letter queues for events that could not be delivered or processed."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.common.acknowledge import acknowledge
from stacks.common.service_trust import same_account


def dead_letters(scope: Construct, name: str) -> sqs.Queue:
    """Create a queue that keeps failed events for two weeks."""
    queue = sqs.Queue(
        scope,
        name,
        # The key that SQS owns: EventBridge may use it without a grant.
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=cdk.Duration.days(14),
    )
    accept_key_of_service(queue)
    return queue


def accept_key_of_service(queue: sqs.Queue) -> None:
    """Accept the finding: SQS' own key encrypts the queue; checkov accepts only customer keys."""
    acknowledge(
        queue, "CKV_AWS_27", "SQS encrypts it with its own key, as SqsManagedSseEnabled says."
    )


def accept_missing_dead_letters(queue: sqs.IQueue) -> None:
    """Accept the finding of cdk-nag, which does not see that a rule uses the queue."""
    acknowledge(queue, "AwsSolutions-SQS3", "It is itself the dead-letter queue of the rule.")


def accept_failed_deliveries(queue: sqs.Queue, *, rule_arn: str) -> None:
    """Let EventBridge send events that it could not deliver for a rule to the queue."""
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            sid="FailedDeliveries",
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions=same_account(queue, source_arn=rule_arn),
        )
    )
