"""Trains a model, and reads its metrics and its model package."""

from __future__ import annotations

from operations.smoke.executions import execute, read_json
from operations.smoke.phase import TRAINING, Phase, SmokeRun


def _run(run: SmokeRun) -> str:
    execution = execute(run, TRAINING)
    package = execution.steps["RegisterModel"]["Metadata"]["RegisterModel"]["Arn"]
    described = run.client("sagemaker").describe_model_package(ModelPackageName=package)
    evaluation = read_json(run, described["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"])
    metrics = evaluation["regression_metrics"]
    values = ", ".join(f"{name} {metrics[name]['value']:.4g}" for name in ("r2", "rmse", "mae"))
    return f"{values}; {package} is {described['ModelApprovalStatus']}"


PHASE = Phase("train", _run)
