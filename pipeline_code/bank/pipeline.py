"""The definition of the pipeline that learns who will subscribe a term deposit."""

import hashlib
from pathlib import Path
from typing import Any, Literal

from sagemaker.core.workflow.conditions import (
    ConditionGreaterThanOrEqualTo,
)
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
    cache_for,
    define,
    extract_step,
    extracted_input,
    hosting_container,
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
    MODEL_PACKAGE_GROUP,
    XGBOOST_IMAGE,
)

BANK = PipelineFolder(Path(__file__).parent)

PROCESSING_TYPE = ParameterString("ProcessingInstanceType", "ml.m5.large")
PROCESSING_COUNT = ParameterInteger("ProcessingInstanceCount", 1)
TRAINING_TYPE = ParameterString("TrainingInstanceType", "ml.m5.large")
INFERENCE_TYPE = ParameterString("InferenceInstanceType", "ml.m5.large")
MIN_AUC = ParameterFloat("MinAuc", 0.75)
PARAMETERS = [
    PROCESSING_TYPE,
    PROCESSING_COUNT,
    TRAINING_TYPE,
    INFERENCE_TYPE,
    APPROVAL,
    MIN_AUC,
]

EVALUATION = PropertyFile("EvaluationReport", output_name="evaluation", path="evaluation.json")

# What the model sees: the client and the campaign, or the state of the economy as well.
Columns = Literal["campaign", "macro"]


def pipeline(*, columns: Columns = "campaign") -> Pipeline:
    """Warehouse → files → three sides of rows → model → evaluation → gate → registry."""
    query = BANK.text("query.sql")
    extract = extract_step(BANK, "Extract", query=query)
    preprocess = _preprocess(extracted_input("data", extract), columns)
    train = _train(preprocess, columns)
    evaluate = _evaluate(preprocess, train)
    gate = _check_auc(evaluate, accepted=_register(query, train, evaluate))
    return define(BANK, parameters=PARAMETERS, steps=[extract, preprocess, train, evaluate, gate])


def _preprocess(data: dict[str, Any], columns: Columns) -> RequestStep:
    return processing_step(
        BANK,
        "Preprocess",
        script="preprocess",
        image=XGBOOST_IMAGE,
        instances=Instances(PROCESSING_TYPE, PROCESSING_COUNT),
        inputs=[data],
        outputs=["train", "validation", "test", "report"],
        environment={"FEATURE_COLUMNS": columns},
    )


def _train(preprocess: RequestStep, columns: Columns) -> RequestStep:
    return training_step(
        BANK,
        "Train",
        script="train",
        image=XGBOOST_IMAGE,
        instances=Instances(TRAINING_TYPE),
        channels={side: output_uri(preprocess, side) for side in ("train", "validation")},
        hyperparameters={"columns": columns},
        cache=cache_for(days=30),
    )


def _evaluate(preprocess: RequestStep, train: RequestStep) -> RequestStep:
    # Never from a cache: which model is approved may have changed since.
    return processing_step(
        BANK,
        "Evaluate",
        script="evaluate",
        image=XGBOOST_IMAGE,
        instances=Instances(PROCESSING_TYPE),  # one: its figures are over all test rows together
        inputs=[
            s3_input("model", model_uri(train)),
            s3_input("test", output_uri(preprocess, "test")),
        ],
        outputs=["evaluation"],
        property_files=[EVALUATION],
        kept=True,  # a registered model refers to it
        environment={"MODEL_PACKAGE_GROUP": MODEL_PACKAGE_GROUP},
        network=True,  # it asks the registry for the approved model
    )


def _register(query: str, train: RequestStep, evaluate: RequestStep) -> RequestStep:
    return register_step(
        "RegisterModel",
        container=hosting_container(image=XGBOOST_IMAGE, model=model_uri(train)),
        approval=APPROVAL,
        instance_types=[INFERENCE_TYPE],
        content_types=["text/csv", "application/jsonlines"],
        response_types=["text/csv", "application/jsonlines"],
        model_quality=Join(on="/", values=[output_uri(evaluate, "evaluation"), EVALUATION.path]),
        properties={
            "execution_id": ExecutionVariables.PIPELINE_EXECUTION_ID,
            "query_sha256": hashlib.sha256(query.encode()).hexdigest(),
            "code_key": CODE_KEY,
        },
    )


def _check_auc(evaluate: RequestStep, *, accepted: RequestStep) -> ConditionStep:
    """Good enough by itself, and not worse than the approved model on the same rows."""
    auc = _measured(evaluate, "binary_classification_metrics.auc.value")
    difference = _measured(evaluate, "champion_comparison.difference")
    return ConditionStep(
        "CheckAuc",
        conditions=[
            ConditionGreaterThanOrEqualTo(left=auc, right=MIN_AUC),
            ConditionGreaterThanOrEqualTo(left=difference, right=0.0),
        ],
        if_steps=[accepted],
        else_steps=[FailStep("RejectModel", error_message=_rejection(auc, difference))],
    )


def _measured(evaluate: RequestStep, path: str) -> JsonGet:
    return JsonGet(step_name=evaluate.name, property_file=EVALUATION, json_path=path)


def _rejection(auc: JsonGet, difference: JsonGet) -> Join:
    return Join(
        on="",
        values=[
            "The model is not good enough: its AUC is ",
            auc,
            ", allowed is at least ",
            MIN_AUC,
            " (parameter MinAuc); its AUC less that of the approved model is ",
            difference,
            ", allowed is at least 0. No model was registered.",
        ],
    )
