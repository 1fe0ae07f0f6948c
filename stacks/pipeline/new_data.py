"""Compares the rows of a pipeline's query with those of its registered models."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from stacks.common.inline_policy import inline_policy
from stacks.common.permissions import Scope, derived_policy
from stacks.common.python_function import Caller, PythonFunction
from stacks.pipeline.job_scopes import VERSIONS
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.platform import Platform
from stacks.warehouse.warehouse_access import BOUND_VALUES, acknowledge_statements, reader_of
from stacks.warehouse.warehouse_extraction import LONGEST_WAIT, SHARED


class NewData(Construct):
    """`function` is called by a Lambda step; it logs in to the warehouse as the pipeline's user."""

    def __init__(
        self, scope: Construct, name: str, *, platform: Platform, pipeline: PipelineContext
    ) -> None:
        super().__init__(scope, name)
        access, user = platform.warehouse.access, reader_of(pipeline.name)
        worker = PythonFunction(
            self,
            "Function",
            handler="new_data",
            shared=SHARED,
            service_models=BOUND_VALUES,
            description="compares the rows of a query with those of the latest version",
            timeout=LONGEST_WAIT,
            retention=platform.retention,
            key=platform.key,
            caller=Caller.STEP,
            environment=access.settings(user),
        )
        self.function = worker.function
        policy = inline_policy(
            self,
            "WarehousePolicy",
            roles=[worker.role],
            statements=access.admit(worker.role, user, results=True),
        )
        acknowledge_statements(policy)
        versions = cdk.Stack.of(self).format_arn(
            service="sagemaker",
            resource="model-package",
            resource_name=f"{pipeline.package_group}/*",
        )
        derived_policy(
            self,
            "RegistryPolicy",
            role=worker.role,
            actions=("sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"),
            scopes={"sagemaker:*": Scope(resources=[versions], reason=VERSIONS)},
        )
