"""Copies the predictions of a pipeline's runs from the lake into the warehouse."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.common.acknowledge import acknowledge_wildcards
from stacks.common.inline_policy import inline_policy
from stacks.common.python_function import Caller, PythonFunction
from stacks.lake.lake_buckets import RUNS
from stacks.platform import Platform
from stacks.warehouse.warehouse_access import BOUND_VALUES, WRITER, acknowledge_statements

# The maximum duration of a Lambda step (SageMaker Developer Guide, "Lambda step").
LONGEST_WAIT = cdk.Duration.minutes(10)


class PredictionLoading(Construct):
    """`function` is called by a Lambda step; its database user may write only predictions.

    The warehouse's role may read the files as long as this pipeline is deployed.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        platform: Platform,
        pipeline: str,
    ) -> None:
        super().__init__(scope, name)
        access, reader = platform.warehouse.access, platform.warehouse.role
        worker = PythonFunction(
            self,
            "Function",
            handler="load_predictions",
            shared=("statements",),
            service_models=BOUND_VALUES,
            description="copies predictions into the warehouse",
            timeout=LONGEST_WAIT,
            retention=platform.retention,
            key=platform.key,
            caller=Caller.STEP,
            environment={
                **access.settings(WRITER),
                "PIPELINE": pipeline,
                "LAKE_BUCKET": platform.lake.bucket_name,
                "WAREHOUSE_ROLE_ARN": reader.role_arn,
            },
        )
        self.function = worker.function
        own = access.admit(worker.role, WRITER)
        policy = inline_policy(self, "Policy", roles=[worker.role], statements=own)
        acknowledge_statements(policy)
        self._let_read(reader, platform.lake, f"{RUNS}{pipeline}/*")

    def _let_read(self, reader: iam.IRole, lake: s3.IBucket, files: str) -> None:
        reading = inline_policy(
            self,
            "WarehousePolicy",
            roles=[reader],
            statements=[
                iam.PolicyStatement(
                    sid="CopyPredictions",
                    actions=["s3:GetObject"],
                    resources=[lake.arn_for_objects(files)],
                ),
                iam.PolicyStatement(
                    sid="FindPredictions",
                    actions=["s3:ListBucket"],
                    resources=[lake.bucket_arn],
                    conditions={"StringLike": {"s3:prefix": [files]}},
                ),
            ],
        )
        acknowledge_wildcards(
            reading,
            [lake.arn_for_objects(files)],
            "The prefix of an execution is not known before it starts.",
        )
