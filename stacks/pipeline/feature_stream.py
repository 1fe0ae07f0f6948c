"""A queue whose messages a function writes into a feature group."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from pipeline_code.feature_groups import FeatureGroup
from stacks.alerts.alarms import alarm_on_errors, alarm_on_messages
from stacks.common.permissions import Scope, derived_policy
from stacks.common.python_function import Caller, PythonFunction
from stacks.platform import Platform

# The retries of a throttled call of lambda/shared/clients.py take up to half a minute.
_TIMEOUT = cdk.Duration.minutes(1)
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: "at least six times"
_VISIBILITY = cdk.Duration.minutes(6)
# A message that was received more often goes to the dead-letter queue.
_MOST_RECEIVES = 5
_MODULES = (
    *("feature_declaration", "feature_records", "feature_store", "job_errors", "time_texts"),
)
# The actions that Lambda needs to read the queue, and those of the function itself.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
_QUEUE_ACTIONS = (
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
)


class FeatureStream(Construct):
    """`queue` takes records of a group as JSON objects; a function writes them.

    Both queues are encrypted with the key of the environment: a sender needs sqs:SendMessage on the
    queue, and kms:GenerateDataKey and kms:Decrypt on the key.
    """

    def __init__(
        self, scope: Construct, name: str, *, platform: Platform, group: FeatureGroup
    ) -> None:
        super().__init__(scope, name)
        self._platform, self._group = platform, group
        broken = self._queue("Broken", cdk.Duration.days(14))
        self.queue = self._queue(
            "Queue",
            cdk.Duration.days(4),
            dead_letters=sqs.DeadLetterQueue(queue=broken, max_receive_count=_MOST_RECEIVES),
        )
        worker = self._worker()
        self._watch(worker.function, broken)

    def _queue(
        self, name: str, kept: cdk.Duration, *, dead_letters: sqs.DeadLetterQueue | None = None
    ) -> sqs.Queue:
        return sqs.Queue(
            self,
            name,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._platform.key,
            enforce_ssl=True,
            retention_period=kept,
            visibility_timeout=_VISIBILITY,
            dead_letter_queue=dead_letters,
        )

    def _worker(self) -> PythonFunction:
        platform, name = self._platform, self._platform.name_of(self._group.name)
        worker = PythonFunction(
            self,
            "Function",
            handler="ingest_stream",
            description="writes the messages of a queue into a feature group",
            modules=[f"pipeline_code.runtime.{each}" for each in _MODULES],
            files={"feature_group.json": json.dumps(self._group.to_document())},
            timeout=_TIMEOUT,
            retention=platform.retention,
            key=platform.key,
            caller=Caller.QUEUE,
            environment={"FEATURE_GROUP": name, "QUEUE_URL": self.queue.queue_url},
        )
        arn = cdk.Stack.of(self).format_arn(
            service="sagemaker", resource="feature-group", resource_name=name
        )
        read = ["sagemaker:BatchGetRecord"] if self._group.online else []
        policy = derived_policy(
            self,
            "Policy",
            role=worker.role,
            actions=["kms:Decrypt", "sagemaker:PutRecord", *read, *_QUEUE_ACTIONS],
            scopes={
                "kms:Decrypt": Scope(resources=[platform.key.key_arn]),
                "sagemaker:*": Scope(resources=[arn]),
                "sqs:*": Scope(resources=[self.queue.queue_arn]),
            },
        )
        source = lambda_.CfnEventSourceMapping(
            self,
            "Source",
            event_source_arn=self.queue.queue_arn,
            function_name=worker.function.function_arn,
            batch_size=10,
            function_response_types=["ReportBatchItemFailures"],
        )
        source.node.add_dependency(policy)
        return worker

    def _watch(self, function: lambda_.Function, broken: sqs.Queue) -> None:
        group = self._group.name
        alarm_on_messages(
            self,
            "BrokenAlarm",
            queue=broken,
            description=f"Messages for the feature group {group} were not written: they are in the "
            "dead-letter queue, and the log of the function has the reasons",
            runbook="unwritten-features",
            alerts=self._platform.alerts,
        )
        alarm_on_errors(
            self,
            "FunctionAlarm",
            function=function,
            description=f"The function that writes messages into the feature group {group} fails: "
            "see its log. The messages are delivered again",
            runbook="feature-function-fails",
            alerts=self._platform.alerts,
        )
