"""The definition of tickit-monitor: is what tickit's models are asked still what they learned?"""

from pathlib import Path
from typing import Any

from sagemaker.core.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterInteger, ParameterString
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.pipeline import Pipeline

from pipeline_code.definition.steps import (
    Instances,
    PipelineFolder,
    RequestStep,
    data_quality_step,
    define,
    output_uri,
    processing_step,
    s3_input,
)
from pipeline_code.definition.steps.parameters import (
    LAKE_BUCKET,
    MODEL_PACKAGE_GROUP,
    SKLEARN_IMAGE,
)

MONITOR = PipelineFolder(Path(__file__).parent)
NAMESPACE = "Redline"

PROCESSING_TYPE = ParameterString("ProcessingInstanceType", "ml.m5.large")
WINDOW_HOURS = ParameterInteger("WindowHours", 24)
# An ISO time, or the word now: the window may lie in the past.
WINDOW_END = ParameterString("WindowEnd", "now")
# Fewer rows than this say nothing about their distribution.
MIN_ROWS = ParameterInteger("MinRows", 100)
PARAMETERS = [PROCESSING_TYPE, WINDOW_HOURS, WINDOW_END, MIN_ROWS]

COLLECTION = PropertyFile("Collection", output_name="collection", path="collection.json")
DRIFT = PropertyFile("DriftReport", output_name="report", path="drift.json")


def pipeline() -> Pipeline:
    """Inputs of a window + baseline of the approved model → violations → metrics."""
    collect = _collect()
    check = data_quality_step(
        MONITOR,
        "Check",
        rows=output_uri(collect, "rows"),
        baseline=output_uri(collect, "baseline"),
        instances=Instances(PROCESSING_TYPE),
    )
    enough = _has_rows(collect, then=[check, _report(collect, check)])
    return define(MONITOR, parameters=PARAMETERS, steps=[collect, enough])


def _collect() -> RequestStep:
    return processing_step(
        MONITOR,
        "Collect",
        script="collect",
        image=SKLEARN_IMAGE,
        instances=Instances(PROCESSING_TYPE),
        inputs=[],
        outputs=["rows", "baseline", "collection"],
        environment={
            "MODEL_PACKAGE_GROUP": MODEL_PACKAGE_GROUP,
            "CAPTURED_URI": _lake("captured", "tickit"),
            "BATCHES_URI": _lake("runs", "tickit-batch"),
            "WINDOW_HOURS": Join(on="", values=[WINDOW_HOURS]),
            "WINDOW_END": WINDOW_END,
        },
        network=True,  # it lists what there is: an input without a file would fail the job
        property_files=[COLLECTION],
    )


def _report(collect: RequestStep, check: RequestStep) -> RequestStep:
    return processing_step(
        MONITOR,
        "Report",
        script="report",
        image=SKLEARN_IMAGE,
        instances=Instances(PROCESSING_TYPE),
        inputs=[
            s3_input("check", output_uri(check, "check")),
            s3_input("baseline", output_uri(collect, "baseline")),
        ],
        outputs=["report"],
        # The group has the name of the pipeline whose models are watched.
        environment={"METRIC_NAMESPACE": NAMESPACE, "PIPELINE": MODEL_PACKAGE_GROUP},
        network=True,
        property_files=[DRIFT],
    )


def _has_rows(collect: RequestStep, *, then: list[RequestStep]) -> ConditionStep:
    """Goes on with enough rows; with fewer the run ends well, and puts no metric."""
    rows = JsonGet(step_name=collect.name, property_file=COLLECTION, json_path="rows")
    return ConditionStep(
        "HasRows",
        conditions=[ConditionGreaterThanOrEqualTo(left=rows, right=MIN_ROWS)],
        if_steps=then,
        else_steps=[],
    )


def _lake(*place: str) -> Any:
    return Join(on="/", values=["s3:/", LAKE_BUCKET, *place])
