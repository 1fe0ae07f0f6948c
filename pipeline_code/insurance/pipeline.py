"""The definition of the pipeline that cleans the insurance data: raw → clean → latest."""

from pathlib import Path
from typing import Any

from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.parameters import (
    ParameterBoolean,
    ParameterFloat,
    ParameterInteger,
    ParameterString,
)
from sagemaker.mlops.workflow.pipeline import Pipeline

from pipeline_code.definition.steps import (
    Instances,
    PipelineFolder,
    RequestStep,
    define,
    output_uri,
    processing_step,
    s3_input,
)
from pipeline_code.definition.steps.parameters import LAKE_BUCKET, SKLEARN_IMAGE

INSURANCE = PipelineFolder(Path(__file__).parent, {"DATASET": "InsCOIL", "SOURCE": "UCI"})

PROCESSING_TYPE = ParameterString("ProcessingInstanceType", "ml.t3.medium")
PROCESSING_COUNT = ParameterInteger("ProcessingInstanceCount", 1)
DATASET_DATE = ParameterString("DatasetDate", "2000-01-01")
MAX_REFUSED_SHARE = ParameterFloat("MaxRefusedShare", 0.0)
LABELS = ParameterBoolean("Labels", default_value=True)
PARAMETERS = [PROCESSING_TYPE, PROCESSING_COUNT, DATASET_DATE, MAX_REFUSED_SHARE, LABELS]


def pipeline() -> Pipeline:
    """Raw files of one date → clean set of this execution → pointer to the latest clean set."""
    etl = _etl()
    return define(INSURANCE, parameters=PARAMETERS, steps=[etl, _publish(etl)])


def _etl() -> RequestStep:
    # The last, empty part ends the URI with a slash: a prefix without one fits raw-old/ as well.
    raw = _in_lake("incoming", INSURANCE.name, DATASET_DATE, "raw", "")
    return processing_step(
        INSURANCE,
        "etl",
        script="etl",
        image=SKLEARN_IMAGE,
        instances=Instances(PROCESSING_TYPE, PROCESSING_COUNT),
        inputs=[s3_input("raw", raw, distribution="ShardedByS3Key")],
        outputs=["clean", "refused", "report"],
        kept=True,  # the pointer refers to it for as long as no newer set is there
        environment={"DATASET_DATE": DATASET_DATE, "LABELS": _text(LABELS)},
    )


def _publish(etl: RequestStep) -> RequestStep:
    """A step of its own, because SageMaker stores a job's outputs only when the job has ended."""
    return processing_step(
        INSURANCE,
        "publish",
        script="publish",
        image=SKLEARN_IMAGE,
        instances=Instances(PROCESSING_TYPE),
        inputs=[s3_input("report", output_uri(etl, "report"))],
        outputs=["set"],
        environment={
            "POINTER_URI": _in_lake("kept", INSURANCE.name, "latest.json"),
            "CLEAN_URI": output_uri(etl, "clean"),
            "DATASET_DATE": DATASET_DATE,
            "LABELS": _text(LABELS),
            "MAX_REFUSED_SHARE": _text(MAX_REFUSED_SHARE),
            "EXECUTION_ID": ExecutionVariables.PIPELINE_EXECUTION_ID,
        },
        network=True,  # it moves the pointer in S3 itself
    )


def _in_lake(*parts: Any) -> Join:
    return Join(on="/", values=["s3:/", LAKE_BUCKET, *parts])


def _text(parameter: Any) -> Join:
    """A parameter of another type as an environment variable takes it."""
    return Join(on="", values=[parameter])
