"""The definition of the pipeline that learns from TICKIT how many tickets will be sold."""

import hashlib
from pathlib import Path
from typing import Any, Literal

from sagemaker.core.workflow.conditions import ConditionLessThanOrEqualTo
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterFloat, ParameterInteger, ParameterString
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.pipeline import Pipeline

from pipeline_code.definition.steps import (
    Instances,
    PipelineFolder,
    RequestStep,
    baseline_of,
    baseline_step,
    cache_for,
    define,
    extract_step,
    extracted_input,
    hosting_container,
    model_step,
    model_uri,
    output_uri,
    processing_step,
    redshift_input,
    register_step,
    s3_input,
    training_step,
)
from pipeline_code.definition.steps.parameters import APPROVAL, CODE_KEY, SKLEARN_IMAGE

TICKIT = PipelineFolder(Path(__file__).parent)

PROCESSING_TYPE = ParameterString("ProcessingInstanceType", "ml.m5.large")
PROCESSING_COUNT = ParameterInteger("ProcessingInstanceCount", 1)
TRAINING_TYPE = ParameterString("TrainingInstanceType", "ml.m5.large")
TRAINING_COUNT = ParameterInteger("TrainingInstanceCount", 1)
INFERENCE_TYPE = ParameterString("InferenceInstanceType", "ml.m5.large")
MAX_ERROR_RATIO = ParameterFloat("MaxErrorRatio", 0.9)
# Every day there is: what to learn from unless a start says otherwise.
FIRST_DAY = ParameterString("FirstDay", "1900-01-01")
LAST_DAY = ParameterString("LastDay", "2999-12-31")
PARAMETERS = [
    PROCESSING_TYPE,
    PROCESSING_COUNT,
    TRAINING_TYPE,
    TRAINING_COUNT,
    INFERENCE_TYPE,
    APPROVAL,
    MAX_ERROR_RATIO,
]

EVALUATION = PropertyFile("EvaluationReport", output_name="evaluation", path="evaluation.json")

# Who unloads the rows: the processing job itself (dataset), a function before it, whose query
# takes parameters (unload), or the same from a queue, for queries of any length (long_unload).
Extraction = Literal["dataset", "unload", "long_unload"]
# Who describes the inputs that a model is trained on, for its inputs later to be compared with.
Baseline = Literal["model_monitor", "none"]


def pipeline(
    *, extraction: Extraction = "dataset", baseline: Baseline = "model_monitor"
) -> Pipeline:
    """Warehouse → train and test rows → model → evaluation → gate → model and registry."""
    described = baseline == "model_monitor"
    query = TICKIT.text("query.sql")
    if extraction == "dataset":
        # Parquet carries the columns' names and types: no header is ever mistaken for a row,
        # dates and booleans need no guessing, and it reads twice as fast as CSV.
        data = redshift_input(TICKIT, "data", query=query, output_format="PARQUET")
        return _pipeline(query, data, parameters=PARAMETERS, before=[], described=described)
    query = TICKIT.text("query_of_period.sql").replace("{query}", query)
    extract = _extract(query, long=extraction == "long_unload")
    data = extracted_input("data", extract)
    parameters = [*PARAMETERS, FIRST_DAY, LAST_DAY]
    return _pipeline(query, data, parameters=parameters, before=[extract], described=described)


def _pipeline(
    query: str, data: dict[str, Any], *, parameters: list[Any], before: list[Any], described: bool
) -> Pipeline:
    preprocess = _preprocess(data, described=described)
    train = _train(preprocess)
    evaluate = _evaluate(preprocess, train)
    baseline = _baseline(preprocess) if described else None
    gate = _check_error(evaluate, accepted=_accepted(query, train, evaluate, baseline))
    beside = [baseline] if baseline else []
    steps = [*before, preprocess, train, *beside, evaluate, gate]
    return define(TICKIT, parameters=parameters, steps=steps)


def _extract(query: str, *, long: bool) -> Any:
    values = {"first_day": FIRST_DAY, "last_day": LAST_DAY}
    return extract_step(TICKIT, "Extract", query=query, values=values, long=long)


def _preprocess(data: dict[str, Any], *, described: bool) -> RequestStep:
    return processing_step(
        TICKIT,
        "Preprocess",
        script="preprocess",
        image=SKLEARN_IMAGE,
        instances=Instances(PROCESSING_TYPE, PROCESSING_COUNT),
        inputs=[data],
        outputs=["train", "test", *(["baseline"] if described else []), "report"],
    )


def _baseline(preprocess: RequestStep) -> RequestStep:
    """What the inputs of the model look like when it is trained; runs beside Train."""
    return baseline_step(
        TICKIT,
        "Baseline",
        rows=output_uri(preprocess, "baseline"),
        instances=Instances(PROCESSING_TYPE),
        cache=cache_for(days=30),
    )


def _train(preprocess: RequestStep) -> RequestStep:
    return training_step(
        TICKIT,
        "Train",
        script="train",
        image=SKLEARN_IMAGE,
        instances=Instances(TRAINING_TYPE, TRAINING_COUNT),
        channels={"train": output_uri(preprocess, "train")},
        cache=cache_for(days=30),
    )


def _evaluate(preprocess: RequestStep, train: RequestStep) -> RequestStep:
    return processing_step(
        TICKIT,
        "Evaluate",
        script="evaluate",
        image=SKLEARN_IMAGE,
        instances=Instances(PROCESSING_TYPE),  # one: its errors are over all test rows together
        inputs=[
            s3_input("model", model_uri(train)),
            s3_input("test", output_uri(preprocess, "test")),
        ],
        outputs=["evaluation"],
        kept=True,
        property_files=[EVALUATION],
        cache=cache_for(days=30),
    )


def _accepted(
    query: str, train: RequestStep, evaluate: RequestStep, baseline: RequestStep | None
) -> list[RequestStep]:
    """What becomes of a model that is good enough; neither step waits for the other."""
    container = hosting_container(image=SKLEARN_IMAGE, model=model_uri(train))
    register = register_step(
        "RegisterModel",
        container=container,
        approval=APPROVAL,
        instance_types=[INFERENCE_TYPE],
        content_types=["text/csv", "application/jsonlines"],
        response_types=["text/csv", "application/jsonlines"],
        model_quality=Join(on="/", values=[output_uri(evaluate, "evaluation"), EVALUATION.path]),
        data_quality=baseline_of(baseline) if baseline else None,
        properties={
            "execution_id": ExecutionVariables.PIPELINE_EXECUTION_ID,
            "query_sha256": hashlib.sha256(query.encode()).hexdigest(),
            "code_key": CODE_KEY,
        },
    )
    return [model_step(TICKIT, "CreateModel", container=container), register]


def _check_error(evaluate: RequestStep, *, accepted: list[RequestStep]) -> ConditionStep:
    error_ratio = JsonGet(
        step_name=evaluate.name,
        property_file=EVALUATION,
        json_path="regression_metrics.rmse_ratio.value",
    )
    return ConditionStep(
        "CheckError",
        conditions=[ConditionLessThanOrEqualTo(left=error_ratio, right=MAX_ERROR_RATIO)],
        if_steps=accepted,
        else_steps=[FailStep("RejectModel", error_message=_rejection(error_ratio))],
    )


def _rejection(error_ratio: Any) -> Join:
    return Join(
        on="",
        values=[
            "The model is not good enough: its error divided by the error of guessing the mean is ",
            error_ratio,
            ", allowed is at most ",
            MAX_ERROR_RATIO,
            " (parameter MaxErrorRatio). No model was registered.",
        ],
    )
