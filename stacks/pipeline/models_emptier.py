"""Deletes the models that a pipeline's runs created together with the pipeline's stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from stacks.common.custom_resource import custom_resource, resource_function
from stacks.common.permissions import Scope, derived_policy
from stacks.config import Retention

_ACTIONS = ("sagemaker:DeleteModel", "sagemaker:ListModels", "sagemaker:ListPipelineExecutions")


class ModelsEmptier(Construct):
    """Deletes the models of all executions before the pipeline, which lists its executions.

    The model of a run is kept until then: a run can be retried, and parts of it can run again.
    `own` is the condition that a model belongs to the pipeline.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        pipeline: sagemaker.CfnPipeline,
        own: Mapping[str, Any],
        key: kms.IKey,
        retention: Retention,
    ) -> None:
        super().__init__(scope, name)
        worker = resource_function(
            self,
            handler="empty_models",
            description="removes the models that the runs of a pipeline have made",
            key=key,
            retention=retention,
        )
        granted = derived_policy(
            self,
            "Policy",
            role=worker.role,
            actions=_ACTIONS,
            scopes=_scopes(self, pipeline.pipeline_name, own),
        )
        custom_resource(
            self,
            "Emptied",
            kind="EmptyModels",
            worker=worker,
            granted=granted,
            properties={"PipelineName": pipeline.ref},
        )


def _scopes(scope: Construct, pipeline: str, own: Mapping[str, Any]) -> dict[str, Scope]:
    def arn(kind: str, name: str) -> str:
        stack = cdk.Stack.of(scope)
        return stack.format_arn(service="sagemaker", resource=kind, resource_name=name)

    return {
        "sagemaker:ListModels": Scope(
            resources=["*"], reason="SageMaker lists no single resource."
        ),
        "sagemaker:ListPipelineExecutions": Scope(resources=[arn("pipeline", pipeline)]),
        "sagemaker:DeleteModel": Scope(
            resources=[arn("model", "pipelines-*")],
            conditions=own,
            reason="SageMaker names a run's models after its execution; the function deletes those "
            "of this pipeline's executions.",
        ),
    }
