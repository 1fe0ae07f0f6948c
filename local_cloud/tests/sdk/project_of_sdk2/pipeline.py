"""A user's pipeline with the SageMaker SDK 2. Arguments: the role and the bucket."""

import json
import sys

from botocore.exceptions import ClientError
from sagemaker import image_uris
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.model import Model
from sagemaker.model_metrics import MetricsSource, ModelMetrics
from sagemaker.processing import FrameworkProcessor, ProcessingInput, ProcessingOutput
from sagemaker.sklearn.estimator import SKLearn
from sagemaker.sklearn.processing import SKLearnProcessor
from sagemaker.tuner import (
    ContinuousParameter,
    HyperparameterTuner,
    WarmStartConfig,
    WarmStartTypes,
)
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionLessThanOrEqualTo
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import Join, JsonGet
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterFloat, ParameterInteger, ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.steps import CacheConfig, ProcessingStep, TrainingStep, TuningStep

role, bucket = sys.argv[1:]
session = PipelineSession(default_bucket=bucket)
region = session.boto_region_name
count = ParameterInteger(name="ProcessingInstanceCount", default_value=1)
kind = ParameterString(name="TrainingInstanceType", default_value="ml.m5.large")
approval = ParameterString(name="ApprovalStatus", default_value="PendingManualApproval")
most = ParameterFloat(name="MaxError", default_value=1.0)
cached = CacheConfig(enable_caching=True, expire_after="30d")


def processor(name):
    return SKLearnProcessor(
        framework_version="0.23-1",
        instance_type="ml.m5.large",
        instance_count=count,
        base_job_name=name,
        role=role,
        sagemaker_session=session,
    )


prepare = ProcessingStep(
    name="Prepare",
    step_args=processor("prepare").run(
        code="prepare.py",
        arguments=["--rows", "60"],
        outputs=[
            ProcessingOutput(output_name=name, source=f"/opt/ml/processing/{name}")
            for name in ("train", "test")
        ],
    ),
    cache_config=cached,
)
outputs = prepare.properties.ProcessingOutputConfig.Outputs
rows = TrainingInput(outputs["train"].S3Output.S3Uri, content_type="text/csv")

forest = SKLearn(
    entry_point="train.py",
    source_dir="source",
    framework_version="0.23-1",
    instance_type=kind,
    instance_count=1,
    hyperparameters={"trees": 20, "share": 0.5, "name": "a forest"},
    metric_definitions=[{"Name": "train:mae", "Regex": "mae=([0-9.]+)"}],
    role=role,
    sagemaker_session=session,
)
train = TrainingStep(name="TrainForest", step_args=forest.fit({"train": rows}))

boosted = Estimator(
    image_uri=image_uris.retrieve("xgboost", region=region, version="1.7-1"),
    instance_type=kind,
    instance_count=1,
    output_path=f"s3://{bucket}/boosted",
    role=role,
    sagemaker_session=session,
)
boosted.set_hyperparameters(objective="reg:squarederror", num_round=10, max_depth=3)
train_boosted = TrainingStep(
    name="TrainBoosted", step_args=boosted.fit({"train": rows}), cache_config=cached
)

report = PropertyFile(name="Report", output_name="evaluation", path="evaluation.json")
evaluator = FrameworkProcessor(
    estimator_cls=SKLearn,
    framework_version="0.23-1",
    instance_type="ml.m5.large",
    instance_count=1,
    role=role,
    sagemaker_session=session,
)
evaluate = ProcessingStep(
    name="Evaluate",
    step_args=evaluator.run(
        code="evaluate.py",
        source_dir="evaluation",
        inputs=[
            ProcessingInput(
                source=train.properties.ModelArtifacts.S3ModelArtifacts,
                destination="/opt/ml/processing/model",
            ),
            ProcessingInput(
                source=outputs["test"].S3Output.S3Uri, destination="/opt/ml/processing/test"
            ),
        ],
        outputs=[
            ProcessingOutput(output_name="evaluation", source="/opt/ml/processing/evaluation")
        ],
    ),
    property_files=[report],
)
error = JsonGet(
    step_name=evaluate.name, property_file=report, json_path="regression_metrics.mae.value"
)
model = Model(
    image_uri=forest.training_image_uri(),
    model_data=train.properties.ModelArtifacts.S3ModelArtifacts,
    entry_point="inference.py",
    source_dir="serving",
    role=role,
    sagemaker_session=session,
)
evaluation = evaluate.properties.ProcessingOutputConfig.Outputs["evaluation"].S3Output.S3Uri
statistics = MetricsSource(
    s3_uri=Join(on="/", values=[evaluation, "evaluation.json"]), content_type="application/json"
)
register = ModelStep(
    name="Register",
    step_args=model.register(
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        model_package_group_name="made-by-sdk2",
        approval_status=approval,
        model_metrics=ModelMetrics(model_statistics=statistics),
    ),
)
check = ConditionStep(
    name="CheckError",
    conditions=[ConditionLessThanOrEqualTo(left=error, right=most)],
    if_steps=[register],
    else_steps=[FailStep(name="Reject", error_message=Join(" ", ["the error is", error]))],
)
pipeline = Pipeline(
    name="made-by-sdk2",
    parameters=[count, kind, approval, most],
    steps=[prepare, train, train_boosted, evaluate, check],
    sagemaker_session=session,
)
pipeline.upsert(role_arn=role)
execution = pipeline.start()
execution.wait(delay=1, max_attempts=240)


def refusal():
    """Return the error of CreatePipeline for a search that starts from an earlier one."""
    tuner = HyperparameterTuner(
        estimator=boosted,
        objective_metric_name="validation:rmse",
        hyperparameter_ranges={"eta": ContinuousParameter(0.1, 0.5)},
        objective_type="Minimize",
        warm_start_config=WarmStartConfig(WarmStartTypes.TRANSFER_LEARNING, parents={"earlier"}),
    )
    tune = TuningStep(name="Tune", step_args=tuner.fit({"train": f"s3://{bucket}/rows"}))
    other = Pipeline(name="tunes", parameters=[kind], steps=[tune], sagemaker_session=session)
    try:
        other.upsert(role_arn=role)
    except ClientError as error:
        return str(error)
    return None


shown = {
    "refusal": refusal(),
    "execution": execution.arn,
    "status": execution.describe()["PipelineExecutionStatus"],
    "steps": {step["StepName"]: step["StepStatus"] for step in execution.list_steps()},
}
print("RESULT", json.dumps(shown))
