"""The step types: one executor each, from resolved arguments to properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from local_cloud.sagemaker.pipelines.steps.callback import run_callback
from local_cloud.sagemaker.pipelines.steps.condition import run_condition
from local_cloud.sagemaker.pipelines.steps.fail import run_fail
from local_cloud.sagemaker.pipelines.steps.jobs import run_processing, run_training, run_transform
from local_cloud.sagemaker.pipelines.steps.lambda_function import run_lambda
from local_cloud.sagemaker.pipelines.steps.models import run_model, run_register_model
from local_cloud.sagemaker.pipelines.steps.step_context import StepContext, StepResult

EXECUTORS: Mapping[str, Callable[[StepContext], StepResult]] = {
    "Processing": run_processing,
    "Training": run_training,
    "Transform": run_transform,
    "Model": run_model,
    "RegisterModel": run_register_model,
    "Condition": run_condition,
    "Fail": run_fail,
    "Lambda": run_lambda,
    "Callback": run_callback,
}
