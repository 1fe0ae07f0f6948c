"""The definition of tickit-batch: how many tickets the events to come will sell, every day."""

from pathlib import Path

from sagemaker.core.workflow.parameters import ParameterInteger, ParameterString
from sagemaker.mlops.workflow.lambda_step import LambdaStep
from sagemaker.mlops.workflow.pipeline import Pipeline

from pipeline_code.definition.steps import (
    Instances,
    PipelineFolder,
    RequestStep,
    Rows,
    define,
    extract_step,
    latest_model_step,
    load_predictions_step,
    model_step,
    package_container,
    predictions_uri,
    step_output,
    transform_step,
)

BATCH = PipelineFolder(Path(__file__).parent)
TABLE = "tickit_predictions"
# The query's columns, and the answer that the transform job puts behind them.
COLUMNS = ("dateid", "venueid", "catid", "caldate", "holiday", "events", "predicted_tickets")

TRANSFORM_TYPE = ParameterString("TransformInstanceType", "ml.m5.large")
TRANSFORM_COUNT = ParameterInteger("TransformInstanceCount", 1)
# Days as YYYY-MM-DD, or these words: `horizon` is HorizonDays after the first day.
FIRST_DAY = ParameterString("FirstDay", "today")
LAST_DAY = ParameterString("LastDay", "horizon")
HORIZON_DAYS = ParameterInteger("HorizonDays", 30)
PARAMETERS = [TRANSFORM_TYPE, TRANSFORM_COUNT, FIRST_DAY, LAST_DAY, HORIZON_DAYS]


def pipeline() -> Pipeline:
    """Events to come + approved model → predictions in the lake → predictions in the warehouse."""
    extract = extract_step(
        BATCH,
        "Extract",
        query=BATCH.text("query.sql"),
        values={"first_day": FIRST_DAY, "last_day": LAST_DAY, "horizon_days": HORIZON_DAYS},
        output_format="CSV_WITHOUT_HEADER",
    )
    latest = latest_model_step("LatestModel")
    package = step_output(latest, "model_package_arn")
    model = model_step(BATCH, "CreateModel", container=package_container(package))
    transform = _transform(extract, latest, model)
    load = load_predictions_step(
        "LoadPredictions",
        uri=predictions_uri(transform),
        rows=step_output(extract, "rows"),
        model_package_arn=package,
        table=TABLE,
        columns=COLUMNS,
    )
    return define(BATCH, parameters=PARAMETERS, steps=[extract, latest, model, transform, load])


def _transform(extract: LambdaStep, latest: LambdaStep, model: RequestStep) -> RequestStep:
    """The model sees a row without its first column, the key; the whole row stays with the answer.

    Exactly the files that the manifest lists are read: whatever else lies beside them is not.
    """
    return transform_step(
        BATCH,
        "Transform",
        model=model,
        rows=Rows(step_output(extract, "manifest_uri"), "ManifestFile", compression="Gzip"),
        instances=Instances(TRANSFORM_TYPE, TRANSFORM_COUNT),
        seen="$[1:]",
        joined=True,
        tags={"ModelPackage": step_output(latest, "model_package_arn")},
    )
