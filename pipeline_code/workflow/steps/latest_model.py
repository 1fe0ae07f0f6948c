"""The step that finds the registered model that a run uses for predictions."""

from __future__ import annotations

from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import MODEL_PACKAGE_GROUP
from pipeline_code.workflow.models import OutsideTraining, RegisteredModel
from pipeline_code.workflow.step_kind import STATUS, DependsOn
from pipeline_code.workflow.steps.lambda_function import invoke
from pipeline_code.workflow.variables import Environment

OUTPUT = "model_package_arn"


def latest_model(
    p: Collector,
    name: str,
    *,
    required: bool = True,
    outside_training: OutsideTraining | None = None,
    depends_on: DependsOn = None,
) -> RegisteredModel:
    """Add a step that finds the approved model that was registered last.

    The environment sets the pipeline whose model package group is searched. If no model is
    approved, the step fails with this reason. If the model is not `required`, the step succeeds and
    its condition `.found` is false. With `outside_training`, this run's model treats rows outside
    its training rows so (`training`).
    """
    optional = {} if required else {"required": "OFF"}
    step = invoke(
        p,
        name,
        Environment("LatestModelFunctionArn"),
        {"model_package_group": MODEL_PACKAGE_GROUP, **optional},
        outputs=[OUTPUT] if required else [OUTPUT, STATUS, "message"],
        depends_on=depends_on,
    )
    return RegisteredModel(step=step, arn=step[OUTPUT], outside_training=outside_training)
