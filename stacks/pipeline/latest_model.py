"""Finds and verifies the approved model with which a run predicts."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from stacks.alerts.refused_models import alarm_on_refused_models, refusal_metric_scope
from stacks.common.permissions import Scope, derived_policy
from stacks.common.python_function import ONE_VCPU_MB, VERIFICATION, Caller, PythonFunction
from stacks.pipeline.job_scopes import VERSIONS, model_objects
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.platform import Platform

_ACTIONS = (
    "cloudwatch:PutMetricData",
    "kms:Decrypt",
    "s3:GetObject",
    "sagemaker:DescribeModelPackage",
    "sagemaker:ListModelPackages",
)


class LatestModel(Construct):
    """`function` is called by a Lambda step; it reads the versions and models of one group."""

    def __init__(
        self, scope: Construct, name: str, *, platform: Platform, pipeline: PipelineContext
    ) -> None:
        super().__init__(scope, name)
        worker = PythonFunction(
            self,
            "Function",
            handler="latest_model",
            shared=VERIFICATION,
            description="finds the latest approved model of a group",
            timeout=cdk.Duration.minutes(5),
            memory_mb=ONE_VCPU_MB,
            retention=platform.retention,
            key=platform.key,
            caller=Caller.STEP,
        )
        versions = cdk.Stack.of(self).format_arn(
            service="sagemaker",
            resource="model-package",
            resource_name=f"{pipeline.package_group}/*",
        )
        derived_policy(
            self,
            "Policy",
            role=worker.role,
            actions=_ACTIONS,
            scopes={
                "cloudwatch:PutMetricData": refusal_metric_scope(),
                "kms:Decrypt": Scope(resources=[platform.key.key_arn]),
                "s3:GetObject": model_objects(platform, pipeline),
                "sagemaker:*": Scope(resources=[versions], reason=VERSIONS),
            },
        )
        alarm_on_refused_models(
            self,
            "RefusedAlarm",
            function=worker.function,
            group=pipeline.package_group,
            alerts=platform.alerts,
        )
        self.function = worker.function
