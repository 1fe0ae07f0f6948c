"""Helpers to write a pipeline's definition so that it reads as its steps (needs the SDK)."""

from pipeline_code.definition.steps.compute import Instances
from pipeline_code.definition.steps.extraction import extract_step, extracted_input
from pipeline_code.definition.steps.folder import PipelineFolder
from pipeline_code.definition.steps.invocation import callback_step, lambda_step, step_output
from pipeline_code.definition.steps.model import (
    hosting_container,
    model_step,
    package_container,
    register_step,
)
from pipeline_code.definition.steps.monitoring import (
    DataQuality,
    baseline_of,
    baseline_step,
    data_quality_step,
)
from pipeline_code.definition.steps.pipeline import define
from pipeline_code.definition.steps.prediction import latest_model_step, load_predictions_step
from pipeline_code.definition.steps.processing import (
    output_uri,
    processing_step,
    redshift_input,
    s3_input,
)
from pipeline_code.definition.steps.request_step import RequestStep
from pipeline_code.definition.steps.resilience import cache_for
from pipeline_code.definition.steps.training import algorithm_step, model_uri, training_step
from pipeline_code.definition.steps.transform import Batches, Rows, predictions_uri, transform_step

__all__ = [
    "Batches",
    "DataQuality",
    "Instances",
    "PipelineFolder",
    "RequestStep",
    "Rows",
    "algorithm_step",
    "baseline_of",
    "baseline_step",
    "cache_for",
    "callback_step",
    "data_quality_step",
    "define",
    "extract_step",
    "extracted_input",
    "hosting_container",
    "lambda_step",
    "latest_model_step",
    "load_predictions_step",
    "model_step",
    "model_uri",
    "output_uri",
    "package_container",
    "predictions_uri",
    "processing_step",
    "redshift_input",
    "register_step",
    "s3_input",
    "step_output",
    "training_step",
    "transform_step",
]
