"""The definition of the pipeline that learns from census rows who earns more than 50,000."""

from pathlib import Path
from typing import Any, Literal

from sagemaker.core.workflow.conditions import ConditionGreaterThanOrEqualTo
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
    algorithm_step,
    cache_for,
    define,
    hosting_container,
    model_step,
    model_uri,
    output_uri,
    processing_step,
    register_step,
    s3_input,
    training_step,
)
from pipeline_code.definition.steps.parameters import (
    APPROVAL,
    CODE_KEY,
    LAKE_BUCKET,
    MODEL_PACKAGE_GROUP,
    SKLEARN_IMAGE,
    XGBOOST_IMAGE,
)

CENSUS = PipelineFolder(Path(__file__).parent)

PROCESSING_COUNT = ParameterInteger("ProcessingInstanceCount", 1)
PROCESSING_TYPE = ParameterString("ProcessingInstanceType", "ml.m5.large")
TRAINING_TYPE = ParameterString("TrainingInstanceType", "ml.m5.large")
INPUT_DATA = ParameterString("InputData", "incoming/census/adult.csv")
THRESHOLD = ParameterFloat("AccuracyThreshold", 0.8)
PARAMETERS = [
    PROCESSING_COUNT,
    PROCESSING_TYPE,
    TRAINING_TYPE,
    APPROVAL,
    INPUT_DATA,
    THRESHOLD,
]

# Compared by cross-validation on the training and validation sides (README, "Hyperparameters").
HYPERPARAMETERS = {
    "objective": "binary:logistic",
    "eval_metric": "logloss",
    "num_round": "1000",
    "max_depth": "5",
    "eta": "0.1",
    "early_stopping_rounds": "30",
}
EVALUATION = PropertyFile("EvaluationReport", output_name="evaluation", path="evaluation.json")

# Who fits the model: XGBoost's built-in algorithm, or the folder's own train.py in its image.
Training = Literal["built-in", "script"]


def pipeline(*, training: Training = "built-in") -> Pipeline:
    """Lake → three sides of rows → model → evaluation → gate → model and registry."""
    process = _process()
    train = _built_in(process) if training == "built-in" else _script(process)
    evaluate = _evaluate(process, train)
    gate = _check_accuracy(evaluate, accepted=_accepted(training, train, evaluate))
    return define(CENSUS, parameters=PARAMETERS, steps=[process, train, evaluate, gate])


def _process() -> RequestStep:
    uri = Join(on="/", values=["s3:/", LAKE_BUCKET, INPUT_DATA])
    return processing_step(
        CENSUS,
        "adultProcess",
        script="preprocess",
        image=SKLEARN_IMAGE,
        instances=Instances(PROCESSING_TYPE, PROCESSING_COUNT),
        inputs=[s3_input("data", uri, distribution="ShardedByS3Key")],
        outputs=["train", "validation", "test", "encoder", "report"],
    )


def _built_in(process: RequestStep) -> RequestStep:
    return algorithm_step(
        CENSUS,
        "adultTrain",
        image=XGBOOST_IMAGE,
        instances=Instances(TRAINING_TYPE),
        channels={name: output_uri(process, name) for name in ("train", "validation")},
        content_type="text/csv",
        hyperparameters=HYPERPARAMETERS,
        cache=cache_for(days=30),
    )


def _script(process: RequestStep) -> RequestStep:
    names = ("train", "validation", "encoder")
    return training_step(
        CENSUS,
        "adultTrain",
        script="train",
        image=XGBOOST_IMAGE,
        instances=Instances(TRAINING_TYPE),
        channels={name: output_uri(process, name) for name in names},
        hyperparameters=HYPERPARAMETERS,
        cache=cache_for(days=30),
    )


def _evaluate(process: RequestStep, train: RequestStep) -> RequestStep:
    # Never reused: which model is approved may have changed since.
    return processing_step(
        CENSUS,
        "adultEval",
        script="evaluate",
        image=XGBOOST_IMAGE,
        instances=Instances(PROCESSING_TYPE),  # one: its metrics are over all test rows together
        inputs=[
            s3_input("model", model_uri(train)),
            s3_input("test", output_uri(process, "test")),
            s3_input("encoder", output_uri(process, "encoder")),
        ],
        outputs=["evaluation"],
        environment={"MODEL_PACKAGE_GROUP": MODEL_PACKAGE_GROUP},
        network=True,  # to ask the registry
        property_files=[EVALUATION],
        kept=True,  # a registered model refers to it
    )


def _accepted(training: Training, train: RequestStep, evaluate: RequestStep) -> list[RequestStep]:
    """What becomes of a model that is good enough; neither step waits for the other."""
    container, types = _hosting(training, train)
    evaluation = output_uri(evaluate, "evaluation")
    register = register_step(
        "adultRegisterModel",
        container=container,
        approval=APPROVAL,
        instance_types=["ml.m5.large"],
        content_types=types,
        response_types=types,
        model_quality=Join(on="/", values=[evaluation, EVALUATION.path]),
        properties={
            "execution_id": ExecutionVariables.PIPELINE_EXECUTION_ID,
            "code_key": CODE_KEY,
            "training": training,
            "encoder": Join(on="/", values=[evaluation, "encoder.json"]),
        },
    )
    return [model_step(CENSUS, "adultCreateModel", container=container), register]


def _hosting(training: Training, train: RequestStep) -> tuple[dict[str, Any], list[str]]:
    """The container that serves the model, and the content types that it takes and gives."""
    if training == "script":
        container = hosting_container(image=XGBOOST_IMAGE, model=model_uri(train))
        return container, ["text/csv", "application/jsonlines"]
    # The algorithm's own hosting: it takes encoded rows and needs no code.
    return {"Image": XGBOOST_IMAGE, "ModelDataUrl": model_uri(train)}, ["text/csv"]


def _check_accuracy(evaluate: RequestStep, *, accepted: list[RequestStep]) -> ConditionStep:
    def measured(path: str) -> JsonGet:
        return JsonGet(step_name=evaluate.name, property_file=EVALUATION, json_path=path)

    accuracy = measured("binary_classification_metrics.accuracy.value")
    difference = measured("champion_comparison.difference")
    return ConditionStep(
        "adultAccCond",
        conditions=[
            ConditionGreaterThanOrEqualTo(left=accuracy, right=THRESHOLD),
            ConditionGreaterThanOrEqualTo(left=difference, right=0.0),
        ],
        if_steps=accepted,
        else_steps=[FailStep("adultReject", error_message=_rejection(accuracy, difference))],
    )


def _rejection(accuracy: Any, difference: Any) -> Join:
    return Join(
        on="",
        values=[
            "The model is not good enough: its accuracy is ",
            accuracy,
            ", at least ",
            THRESHOLD,
            " is needed (parameter AccuracyThreshold); that is ",
            difference,
            " more than the approved model has on the same rows, which must not be below 0. No ",
            "model was registered.",
        ],
    )
