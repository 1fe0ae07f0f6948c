"""Unloads queries to the lake: during a Lambda step, or from a queue for long queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.alerts.alarms import alarm_on_errors, alarm_on_messages
from stacks.alerts.dead_letters import accept_key_of_service, dead_letters
from stacks.common.acknowledge import acknowledge_wildcards
from stacks.common.inline_policy import inline_policy
from stacks.common.python_function import Caller, PythonFunction
from stacks.config import Retention
from stacks.warehouse.warehouse_access import (
    BOUND_VALUES,
    DatabaseUser,
    WarehouseAccess,
    acknowledge_statements,
)

# The maximum duration of a Lambda step (SageMaker Developer Guide, "Lambda step").
LONGEST_WAIT = cdk.Duration.minutes(10)
# The interval between two checks of a statement from the queue; AWS requires that the function's
# timeout is not longer.
LOOK_EVERY = cdk.Duration.minutes(1)
# A statement is checked for up to 12 hours. A message that is received more often goes to the
# dead-letter queue.
MOST_RECEIVES = 1000
# The modules of lambda/shared that the functions have.
SHARED = ("bound_query", "day_query", "statements")


class WarehouseExtraction(Construct):
    """Runs queries for Lambda steps (by `function`) and for Callback steps (by `queue`).

    Each of the two is created when it is used first. Both use the database user `user`, and write
    only below the prefix `unloaded` of the lake, and below the prefixes `extracted`, where the days
    of incremental extractions are kept. `pipelines` is the name pattern of the pipelines
    whose Callback steps may be answered.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        access: WarehouseAccess,
        user: DatabaseUser,
        warehouse_role: iam.IRole,
        pipelines: str,
        unloaded: str,
        lake: s3.IBucket,
        key: kms.IKey,
        retention: Retention,
        alerts: sns.ITopic,
        extracted: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, name)
        self._access, self._user = access, user
        self._retention, self._alerts = retention, alerts
        self._lake, self._key, self._extracted = lake, key, extracted
        self._executions = cdk.Stack.of(self).format_arn(
            service="sagemaker", resource="pipeline", resource_name=f"{pipelines}/execution/*"
        )
        self._read = [f"{unloaded}*/manifest", *_below(extracted, "rows/*/manifest", "lists/*")]
        self._written = [f"{unloaded}*.manifest", *_below(extracted, "lists/*")]
        self._listed = [f"{unloaded}*", *_below(extracted, "lists/*")]
        self._settings = {
            **access.settings(user),
            "LAKE_BUCKET": lake.bucket_name,
            "WAREHOUSE_ROLE_ARN": warehouse_role.role_arn,
            "EXTRACTED_DAYS": str(retention.extracted_days),
        }

    @cached_property
    def function(self) -> lambda_.Function:
        """The function for Lambda steps."""
        worker = PythonFunction(
            self,
            "AtOnce",
            handler="extract",
            shared=SHARED,
            service_models=BOUND_VALUES,
            description="unloads a query while a Lambda step waits",
            timeout=LONGEST_WAIT,
            retention=self._retention,
            key=self._key,
            caller=Caller.STEP,
            environment=self._settings,
        )
        self._grant(worker, "AtOncePolicy", [])
        return worker.function

    @cached_property
    def queue(self) -> sqs.Queue:
        """The queue for Callback steps, with a function that processes it."""
        broken = dead_letters(self, "Broken")
        queue = sqs.Queue(
            self,
            "Queue",
            # The key that SQS owns: the roles of pipelines need no permission to use it.
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(1),
            visibility_timeout=LOOK_EVERY,
            dead_letter_queue=sqs.DeadLetterQueue(queue=broken, max_receive_count=MOST_RECEIVES),
        )
        accept_key_of_service(queue)
        self._watch(self._from_queue(queue), broken)
        return queue

    def _from_queue(self, queue: sqs.Queue) -> lambda_.Function:
        worker = PythonFunction(
            self,
            "FromQueue",
            handler="extract",
            shared=SHARED,
            service_models=BOUND_VALUES,
            entry="queued",
            description="unloads a query that a Callback step put into the queue",
            timeout=LOOK_EVERY,
            retention=self._retention,
            key=self._key,
            caller=Caller.QUEUE,
            environment={**self._settings, "QUEUE_URL": queue.queue_url},
        )
        granted = self._grant(worker, "FromQueuePolicy", _answering(queue, self._executions))
        acknowledge_wildcards(
            granted, [self._executions], "An execution's id is not known before it starts."
        )
        source = lambda_.CfnEventSourceMapping(
            self,
            "Source",
            event_source_arn=queue.queue_arn,
            function_name=worker.function.function_arn,
            batch_size=1,
            function_response_types=["ReportBatchItemFailures"],
        )
        source.node.add_dependency(granted)
        return worker.function

    def _watch(self, function: lambda_.Function, broken: sqs.Queue) -> None:
        """Alert when no result reaches the step, because its run would then wait forever."""
        alarm_on_errors(
            self,
            "FromQueueAlarm",
            function=function,
            description="The function that checks long extractions fails, so their runs wait: see "
            "its log. It is called again for each message every minute",
            runbook="extraction-function-fails",
            alerts=self._alerts,
        )
        alarm_on_messages(
            self,
            "BrokenAlarm",
            queue=broken,
            description="A long extraction was abandoned: stop its run, whose ARN is in the "
            "message in the queue, and start the run again",
            runbook="abandoned-extraction",
            alerts=self._alerts,
        )

    def _grant(
        self, worker: PythonFunction, name: str, more: list[iam.PolicyStatement]
    ) -> iam.Policy:
        queries = self._access.admit(worker.role, self._user, results=bool(self._extracted))
        statements = [*queries, *self._storage(), *more]
        policy = inline_policy(self, name, roles=[worker.role], statements=statements)
        files = {self._lake.arn_for_objects(each) for each in (*self._read, *self._written)}
        acknowledge_wildcards(
            policy, sorted(files), "The prefix of an execution is not known before it starts."
        )
        acknowledge_statements(policy)
        return policy

    def _storage(self) -> list[iam.PolicyStatement]:
        lake = self._lake
        return [
            iam.PolicyStatement(
                sid="ReadWarehousesList",
                actions=["s3:GetObject"],
                resources=[lake.arn_for_objects(each) for each in self._read],
            ),
            # Without it S3 reports a missing manifest as access denied.
            iam.PolicyStatement(
                sid="SeeThatThereIsNone",
                actions=["s3:ListBucket"],
                resources=[lake.bucket_arn],
                conditions={"StringLike": {"s3:prefix": self._listed}},
            ),
            iam.PolicyStatement(
                sid="WriteOwnList",
                actions=["s3:PutObject"],
                resources=[lake.arn_for_objects(each) for each in self._written],
            ),
            iam.PolicyStatement(
                sid="UseKey",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[self._key.key_arn],
            ),
        ]


def _below(folders: Iterable[str], *ends: str) -> list[str]:
    """Return patterns of keys below the folders of extractions, for each of their queries."""
    return [f"{folder}*/{end}" for folder in folders for end in ends]


def _answering(queue: sqs.Queue, executions: str) -> list[iam.PolicyStatement]:
    return [
        iam.PolicyStatement(
            sid="ReadAndWriteQueue",
            actions=[
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
                "sqs:SendMessage",
            ],
            resources=[queue.queue_arn],
        ),
        iam.PolicyStatement(
            sid="FindStatementsToStop", actions=["redshift-data:ListStatements"], resources=["*"]
        ),
        iam.PolicyStatement(
            sid="AnswerSteps",
            actions=[
                "sagemaker:SendPipelineExecutionStepFailure",
                "sagemaker:SendPipelineExecutionStepSuccess",
            ],
            resources=[executions],
        ),
    ]
