"""Model steps: create a model for endpoints and batch transform (CreateModel).

Source of the actions: SageMaker Developer Guide, "IAM Access Management" of Pipelines, and
"CreateModel API: Execution Role Permissions".
"""

from __future__ import annotations

from typing import Any

from pipeline_code.compiler.manifest import Access
from pipeline_code.workflow.actions import HOST_MODEL
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import role_arn
from pipeline_code.workflow.instances import vpc_config
from pipeline_code.workflow.models import Model, RegisteredModel
from pipeline_code.workflow.retries import service_retries
from pipeline_code.workflow.step_kind import DependsOn, RequestStep, StepKind
from pipeline_code.workflow.variables import access_of

KIND = StepKind(
    type="Model",
    execution=("sagemaker:AddTags", "sagemaker:CreateModel", "sagemaker:DescribeModel"),
    role="Model",
    role_field="ExecutionRoleArn",
    job=HOST_MODEL,
    creates="model",
    described=("DescribeModelOutput",),
)


class ModelStep(RequestStep):
    """A SageMaker model. `model_name` is the name that the service generated."""

    @property
    def model_name(self) -> Any:
        return self.properties.ModelName


def create_model(
    p: Collector, name: str, model: Model, *, depends_on: DependsOn = None
) -> ModelStep:
    """Add a step that creates a model from a trained or a registered model."""
    request = {
        "PrimaryContainer": model.container,
        "ExecutionRoleArn": role_arn("Model"),
        "VpcConfig": vpc_config(),
        "EnableNetworkIsolation": True,
        "Tags": p.folder.tags,
    }
    registered = isinstance(model, RegisteredModel)
    described = ("sagemaker:DescribeModelPackage",) if registered else ()
    needs = KIND.needs(name, job=access_of(request), execution=Access(actions=described))
    step = ModelStep(KIND, name, request, retries=service_retries(), depends_on=depends_on)
    return p.collect(step, needs)
