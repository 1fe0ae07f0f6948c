"""Creates definitions with the classes of the SDK and prints them as JSON (offline process)."""

import json
import sys

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.lambda_helper import Lambda
from sagemaker.core.processing import Processor
from sagemaker.core.shapes import (
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
)
from sagemaker.core.transformer import Transformer
from sagemaker.core.workflow.conditions import (
    ConditionEquals,
    ConditionGreaterThan,
    ConditionGreaterThanOrEqualTo,
    ConditionIn,
    ConditionLessThan,
    ConditionLessThanOrEqualTo,
    ConditionNot,
    ConditionOr,
)
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import (
    ParameterBoolean,
    ParameterFloat,
    ParameterInteger,
    ParameterString,
)
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.callback_step import (
    CallbackOutput,
    CallbackOutputTypeEnum,
    CallbackStep,
)
from sagemaker.mlops.workflow.cleanup_step import CleanupStep, S3CleanupSource
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.emr_step import EMRStep, EMRStepConfig
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.for_each_step import (
    CurrentItem,
    ForEachSelector,
    ForEachStep,
    IterationOutput,
)
from sagemaker.mlops.workflow.lambda_step import (
    LambdaOutput,
    LambdaOutputTypeEnum,
    LambdaStep,
)
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.retry import (
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.mlops.workflow.step_dependency import StepDependency, TriggerCondition
from sagemaker.mlops.workflow.steps import (
    CacheConfig,
    ProcessingStep,
    TrainingStep,
    TransformStep,
)
from sagemaker.train.configs import (
    Compute,
    InputData,
    OutputDataConfig,
    StoppingCondition,
)
from sagemaker.train.model_trainer import ModelTrainer

OFFLINE = {
    "SchemaVersion": "1.0",
    "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}},
}
ROLE = "arn:aws:iam::123456789012:role/jobs"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:unload"
QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"


def define(parameters, steps, **settings):
    return Pipeline(
        name="made-by-the-sdk",
        parameters=parameters,
        steps=steps,
        sagemaker_session=Session(sagemaker_config=OFFLINE),
        **settings,
    )


def unload_step(name="Unload", **settings):
    outputs = [
        LambdaOutput("uri", LambdaOutputTypeEnum.String),
        LambdaOutput("rows", LambdaOutputTypeEnum.Integer),
    ]
    function = Lambda(function_arn=FUNCTION, session=Session(sagemaker_config=OFFLINE))
    return LambdaStep(name, lambda_func=function, outputs=outputs, **settings)


def every_condition():
    share = ParameterFloat("Share", 0.5)
    count = ParameterInteger("Count", 2)
    region = ParameterString("Region", "eu")
    dry = ParameterBoolean("Dry", default_value=False)
    unload = unload_step(inputs={"region": region, "count": count, "dry": dry})
    rows = unload.properties.Outputs["rows"]
    conditions = [
        ConditionEquals(region, "eu"),
        ConditionEquals(dry, False),
        ConditionGreaterThan(rows, 0),
        ConditionGreaterThanOrEqualTo(count, 1),
        ConditionLessThan(share, 1),
        ConditionLessThanOrEqualTo(0.1, share),
        ConditionIn(region, ["eu", "us"]),
        ConditionNot(ConditionOr([ConditionEquals(region, "cn"), ConditionLessThan(rows, 5)])),
        ConditionNot(ConditionIn(rows, [1, 2])),
    ]
    message = Join(on=" ", values=["share", share, "of", count])
    inner = ConditionStep(
        "Inner",
        conditions=[ConditionGreaterThan(ExecutionVariables.START_DATETIME, "2020-01-01")],
        if_steps=[unload_step("Again", inputs={"uri": unload.properties.Outputs["uri"]})],
    )
    outer = ConditionStep(
        "Outer",
        conditions=conditions,
        if_steps=[inner],
        else_steps=[FailStep("Stop", error_message=message)],
        display_name="is it enough",
        description="all of them must hold",
    )
    return define([share, count, region, dry], [unload, outer])


def callbacks_and_triggers():
    query = ParameterString("Query")
    wait = CallbackStep(
        "Wait",
        sqs_queue_url=QUEUE,
        inputs={"query": query, "execution": ExecutionVariables.PIPELINE_EXECUTION_ARN},
        outputs=[CallbackOutput("uri"), CallbackOutput("ok", CallbackOutputTypeEnum.Boolean)],
        cache_config=CacheConfig(enable_caching=True, expire_after="P30D"),
    )
    check = ConditionStep(
        "Check",
        conditions=[ConditionEquals(wait.properties.Outputs["ok"], True)],
        else_steps=[FailStep("Bad")],
    )
    alarm = unload_step(
        "Alarm",
        inputs={"text": Join(values=["failed: ", ExecutionVariables.PIPELINE_NAME])},
        depends_on=[StepDependency(wait, TriggerCondition.FAILED)],
    )
    late = unload_step("Late", inputs={}, depends_on=["Check", alarm])
    return define([query], [late, alarm, check, wait])


def jobs():
    session = PipelineSession(sagemaker_config=OFFLINE, default_bucket="lake")
    kind = ParameterString("Kind", "ml.m5.large")
    count = ParameterInteger("Count", 1)
    source = ParameterString("Source", "s3://lake/raw")
    processor = Processor(
        role=ROLE,
        image_uri="image",
        instance_type=kind,
        instance_count=count,
        entrypoint=["python3", "/opt/ml/processing/input/code/evaluate.py"],
        env={"REGION": "eu"},
        tags=[{"Key": "Project", "Value": "redline"}],
        max_runtime_in_seconds=600,
        sagemaker_session=session,
    )
    target = Join(on="/", values=["s3://lake", ExecutionVariables.PIPELINE_EXECUTION_ID, "report"])
    request = processor.run(
        inputs=[
            ProcessingInput(
                input_name="raw",
                s3_input=ProcessingS3Input(
                    s3_uri=source,
                    local_path="/opt/ml/processing/input/raw",
                    s3_data_type="S3Prefix",
                    s3_input_mode="File",
                ),
            )
        ],
        outputs=[
            ProcessingOutput(
                output_name="report",
                s3_output=ProcessingS3Output(
                    s3_uri=target,
                    local_path="/opt/ml/processing/output/report",
                    s3_upload_mode="EndOfJob",
                ),
            )
        ],
        arguments=["--count", count.to_string()],
    )
    report = PropertyFile("Report", output_name="report", path="report.json")
    evaluate = ProcessingStep(
        "Evaluate",
        step_args=request,
        property_files=[report],
        cache_config=CacheConfig(enable_caching=True, expire_after="P30D"),
        retry_policies=[
            StepRetryPolicy([StepExceptionTypeEnum.THROTTLING], max_attempts=3),
            SageMakerJobStepRetryPolicy(
                exception_types=[SageMakerJobExceptionTypeEnum.RESOURCE_LIMIT],
                failure_reason_types=[SageMakerJobExceptionTypeEnum.INTERNAL_ERROR],
                expire_after_mins=60,
            ),
        ],
    )
    transformer = Transformer(
        model_name="model",
        base_transform_job_name="predict",
        instance_count=1,
        instance_type=kind,
        output_path=Join(on="/", values=["s3://lake", ExecutionVariables.PIPELINE_EXECUTION_ID]),
        sagemaker_session=session,
    )
    outputs = evaluate.properties.ProcessingOutputConfig.Outputs
    data = outputs["report"].S3Output.S3Uri
    trainer = ModelTrainer(
        training_image="image",
        role=ROLE,
        compute=Compute(instance_type="ml.m5.large", instance_count=1),
        hyperparameters={"depth": "3"},
        output_data_config=OutputDataConfig(s3_output_path=target),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=60),
        base_job_name="train",
        sagemaker_session=session,
    )
    fit = trainer.train(input_data_config=[InputData(channel_name="train", data_source=data)])
    train = TrainingStep("Train", step_args=fit)
    transform = TransformStep(
        "Predict", step_args=transformer.transform(data, content_type="text/csv")
    )
    accuracy = JsonGet(
        step_name="Evaluate", property_file=report, json_path="metrics.accuracy.value"
    )
    gate = ConditionStep(
        "Gate",
        conditions=[ConditionGreaterThanOrEqualTo(accuracy, 0.8)],
        if_steps=[transform, train],
        else_steps=[FailStep("Reject", Join(values=["accuracy is ", accuracy]))],
    )
    return define([kind, count, source], [evaluate, gate])


def loops_and_clusters():
    items = ParameterString("Items", '["a", "b"]')
    body = unload_step("Each", inputs={"name": CurrentItem().name})
    loop = ForEachStep(
        "Loop",
        iterable_items=items,
        max_concurrency=2,
        for_each_body=[body],
        selector=ForEachSelector("MaxBy", IterationOutput(body).OutputParameters["rows"]),
    )
    best = unload_step("Best", inputs={"uri": loop.properties.Selected.OutputParameters["uri"]})
    cluster = EMRStep(
        "Cluster",
        display_name="cluster",
        description="on a cluster",
        cluster_id="j-1",
        step_config=EMRStepConfig(jar="s3://lake/code.jar", args=["--all"]),
    )
    clean = CleanupStep("Clean", s3_sources=[S3CleanupSource(cluster, ["s3://lake/scratch"])])
    return define([items], [loop, best, cluster, clean], pipeline_experiment_config=None)


MADE = (every_condition, callbacks_and_triggers, jobs, loops_and_clusters)

if __name__ == "__main__":
    json.dump({make.__name__: json.loads(make().definition()) for make in MADE}, sys.stdout)
