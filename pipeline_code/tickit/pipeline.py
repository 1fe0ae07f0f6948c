"""The definition of the pipeline that learns from TICKIT how many tickets will be sold."""

import hashlib
from pathlib import Path

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
    cache_for,
    define,
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
from pipeline_code.definition.steps.parameters import CODE_KEY, SKLEARN_IMAGE

TICKIT = PipelineFolder(Path(__file__).parent)


def pipeline() -> Pipeline:
    """Warehouse → train and test rows → model → evaluation → gate → model and registry."""
    processing_type = ParameterString("ProcessingInstanceType", "ml.m5.large")
    processing_count = ParameterInteger("ProcessingInstanceCount", 1)
    training_type = ParameterString("TrainingInstanceType", "ml.m5.large")
    training_count = ParameterInteger("TrainingInstanceCount", 1)
    inference_type = ParameterString("InferenceInstanceType", "ml.m5.large")
    approval = ParameterString(
        "ModelApprovalStatus",
        "PendingManualApproval",
        enum_values=["PendingManualApproval", "Approved", "Rejected"],
    )
    max_error_ratio = ParameterFloat("MaxErrorRatio", 0.9)

    query = TICKIT.text("query.sql")
    preprocess = processing_step(
        TICKIT,
        "Preprocess",
        script="preprocess",
        image=SKLEARN_IMAGE,
        instances=Instances(processing_type, processing_count),
        # Parquet carries the columns' names and types, so no header is ever mistaken for a row,
        # dates and booleans need no guessing, and it reads faster than CSV.
        inputs=[redshift_input(TICKIT, "data", query=query, output_format="PARQUET")],
        outputs=["train", "test", "report"],
    )
    train = training_step(
        TICKIT,
        "Train",
        script="train",
        image=SKLEARN_IMAGE,
        instances=Instances(training_type, training_count),
        channels={"train": output_uri(preprocess, "train")},
        cache=cache_for(days=30),
    )
    report = PropertyFile("EvaluationReport", output_name="evaluation", path="evaluation.json")
    evaluate = processing_step(
        TICKIT,
        "Evaluate",
        script="evaluate",
        image=SKLEARN_IMAGE,
        instances=Instances(processing_type),
        inputs=[
            s3_input("model", model_uri(train)),
            s3_input("test", output_uri(preprocess, "test")),
        ],
        outputs=["evaluation"],
        property_files=[report],
        cache=cache_for(days=30),
    )

    container = hosting_container(image=SKLEARN_IMAGE, model=model_uri(train))
    create_model = model_step(TICKIT, "CreateModel", container=container)
    register = register_step(
        "RegisterModel",
        container=container,
        approval=approval,
        instance_types=[inference_type],
        content_types=["text/csv", "application/json"],
        response_types=["text/csv", "application/json"],
        model_quality=Join(on="/", values=[output_uri(evaluate, "evaluation"), report.path]),
        properties={
            "execution_id": ExecutionVariables.PIPELINE_EXECUTION_ID,
            "query_sha256": hashlib.sha256(query.encode()).hexdigest(),
            "code_key": CODE_KEY,
        },
    )

    error_ratio = JsonGet(
        step_name=evaluate.name,
        property_file=report,
        json_path="regression_metrics.rmse_ratio.value",
    )
    reject = FailStep(
        "RejectModel",
        error_message=Join(
            on="",
            values=[
                "The model is not good enough: its error divided by the error of guessing the "
                "mean is ",
                error_ratio,
                ", allowed is at most ",
                max_error_ratio,
                " (parameter MaxErrorRatio). No model was registered.",
            ],
        ),
    )
    check_error = ConditionStep(
        "CheckError",
        conditions=[ConditionLessThanOrEqualTo(left=error_ratio, right=max_error_ratio)],
        if_steps=[create_model, register],
        else_steps=[reject],
    )

    return define(
        TICKIT,
        parameters=[
            processing_type,
            processing_count,
            training_type,
            training_count,
            inference_type,
            approval,
            max_error_ratio,
        ],
        steps=[preprocess, train, evaluate, check_error],
    )
