"""One pipeline with all types of steps of the SageMaker SDK 2.

Arguments: the role, the bucket, the URL of a queue, the ARN of a function; and of EMR the ID of a
cluster, a service role, an instance profile. This SDK has no steps of EMR Serverless.
"""

import json
import sys

from sagemaker import image_uris
from sagemaker.automl.automl import AutoML, AutoMLInput
from sagemaker.clarify import (
    BiasConfig,
    DataConfig,
    ModelConfig,
    ModelPredictedLabelConfig,
    SHAPConfig,
)
from sagemaker.drift_check_baselines import DriftCheckBaselines
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.lambda_helper import Lambda
from sagemaker.model import Model
from sagemaker.model_metrics import MetricsSource, ModelMetrics
from sagemaker.model_monitor import DatasetFormat
from sagemaker.processing import ProcessingOutput
from sagemaker.sklearn.processing import SKLearnProcessor
from sagemaker.transformer import Transformer
from sagemaker.tuner import ContinuousParameter, HyperparameterTuner
from sagemaker.workflow.automl_step import AutoMLStep
from sagemaker.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagemaker.workflow.check_job_config import CheckJobConfig
from sagemaker.workflow.clarify_check_step import (
    ClarifyCheckStep,
    DataBiasCheckConfig,
    ModelBiasCheckConfig,
    ModelExplainabilityCheckConfig,
)
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionLessThanOrEqualTo
from sagemaker.workflow.emr_step import EMRStep, EMRStepConfig
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterBoolean, ParameterFloat
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.quality_check_step import (
    DataQualityCheckConfig,
    ModelQualityCheckConfig,
    QualityCheckStep,
)
from sagemaker.workflow.selective_execution_config import SelectiveExecutionConfig
from sagemaker.workflow.steps import ProcessingStep, TrainingStep, TransformStep, TuningStep

role, bucket, queue, function, cluster, service_role, profile = sys.argv[1:]
session = PipelineSession(default_bucket=bucket)
region = session.boto_region_name
image = image_uris.retrieve("xgboost", region=region, version="1.7-1")
most = ParameterFloat(name="MostRows", default_value=1000.0)
is_first = ParameterBoolean(name="IsFirst", default_value=True)
instance = {"instance_type": "ml.m5.large", "instance_count": 1}

processor = SKLearnProcessor(
    framework_version="1.2-1", role=role, sagemaker_session=session, **instance
)
prepare = ProcessingStep(
    name="Prepare",
    step_args=processor.run(
        code="prepare.py",
        outputs=[
            ProcessingOutput(output_name=name, source=f"/opt/ml/processing/{name}")
            for name in ("train", "named", "features")
        ],
    ),
)
outputs = prepare.properties.ProcessingOutputConfig.Outputs


def rows(name):
    return outputs[name].S3Output.S3Uri


# The checks of the data.
job = CheckJobConfig(role=role, sagemaker_session=session, **instance)
first = {"skip_check": is_first, "register_new_baseline": is_first, "check_job_config": job}
columns = DatasetFormat.csv(header=False)
quality = QualityCheckStep(
    name="Quality",
    quality_check_config=DataQualityCheckConfig(
        baseline_dataset=rows("train"),
        dataset_format=columns,
        output_s3_uri=f"s3://{bucket}/quality",
    ),
    model_package_group_name="all-types",
    **first,
)
groups = BiasConfig(label_values_or_threshold=[1], facet_name=2, facet_values_or_threshold=[1])


def data(name):
    return DataConfig(
        s3_data_input_path=rows("train"),
        s3_output_path=f"s3://{bucket}/{name}",
        label=0,
        dataset_type="text/csv",
    )


bias = ClarifyCheckStep(
    name="Bias",
    clarify_check_config=DataBiasCheckConfig(data_config=data("bias"), data_bias_config=groups),
    model_package_group_name="all-types",
    **first,
)

# Two ways to train, and a search of all models.
estimator = Estimator(
    image_uri=image,
    role=role,
    output_path=f"s3://{bucket}/models",
    sagemaker_session=session,
    **instance,
)
estimator.set_hyperparameters(objective="binary:logistic", num_round=5)
channels = {
    name: TrainingInput(rows("train"), content_type="text/csv") for name in ("train", "validation")
}
train = TrainingStep(name="Train", step_args=estimator.fit(channels))
tuner = HyperparameterTuner(
    estimator=estimator,
    objective_metric_name="validation:logloss",
    objective_type="Minimize",
    hyperparameter_ranges={"eta": ContinuousParameter(0.1, 0.5)},
    max_jobs=1,
    max_parallel_jobs=1,
)
tune = TuningStep(name="Tune", step_args=tuner.fit(channels))
searched = AutoML(
    role=role,
    target_attribute_name="sold",
    output_path=f"s3://{bucket}/automl",
    mode="ENSEMBLING",
    total_job_runtime_in_seconds=600,
    sagemaker_session=session,
)
named = AutoMLInput(inputs=rows("named"), target_attribute_name="sold", channel_type="training")
search = AutoMLStep(name="Search", step_args=searched.fit(inputs=[named]))

# The model, its checks, its version and its predictions.
model = Model(
    image_uri=image,
    model_data=train.properties.ModelArtifacts.S3ModelArtifacts,
    role=role,
    sagemaker_session=session,
)
create = ModelStep(name="Create", step_args=model.create(instance_type="ml.m5.large"))
hosted = ModelConfig(
    model_name=create.properties.ModelName,
    content_type="text/csv",
    accept_type="text/csv",
    **instance,
)
model_bias = ClarifyCheckStep(
    name="ModelBias",
    clarify_check_config=ModelBiasCheckConfig(
        data_config=data("model-bias"),
        data_bias_config=groups,
        model_config=hosted,
        model_predicted_label_config=ModelPredictedLabelConfig(probability_threshold=0.5),
    ),
    **{**first, "skip_check": True, "register_new_baseline": True},
)
explain = ClarifyCheckStep(
    name="Explain",
    clarify_check_config=ModelExplainabilityCheckConfig(
        data_config=data("explanations"),
        model_config=hosted,
        explainability_config=SHAPConfig(baseline=[[0.5, 0]], num_samples=4, agg_method="mean_abs"),
    ),
    **{**first, "skip_check": True, "register_new_baseline": True},
)
transformer = Transformer(
    model_name=create.properties.ModelName,
    output_path=f"s3://{bucket}/predictions",
    assemble_with="Line",
    accept="text/csv",
    sagemaker_session=session,
    **instance,
)
predict = TransformStep(
    name="Predict",
    step_args=transformer.transform(
        rows("train"),
        content_type="text/csv",
        split_type="Line",
        input_filter="$[1:]",
        join_source="Input",
        output_filter="$[0,-1]",
    ),
)
model_quality = QualityCheckStep(
    name="ModelQuality",
    quality_check_config=ModelQualityCheckConfig(
        baseline_dataset=predict.properties.TransformOutput.S3OutputPath,
        dataset_format=columns,
        output_s3_uri=f"s3://{bucket}/model-quality",
        problem_type="BinaryClassification",
        probability_attribute="1",
        ground_truth_attribute="0",
    ),
    **{**first, "skip_check": True, "register_new_baseline": True},
)


def source(uri):
    return MetricsSource(content_type="application/json", s3_uri=uri)


found, measured = quality.properties, model_quality.properties
register = ModelStep(
    name="Register",
    step_args=model.register(
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        model_package_group_name="all-types",
        approval_status="Approved",
        model_metrics=ModelMetrics(
            model_statistics=source(measured.CalculatedBaselineStatistics),
            model_constraints=source(measured.CalculatedBaselineConstraints),
        ),
        drift_check_baselines=DriftCheckBaselines(
            model_data_statistics=source(found.BaselineUsedForDriftCheckStatistics),
            model_data_constraints=source(found.BaselineUsedForDriftCheckConstraints),
            bias_pre_training_constraints=source(
                bias.properties.BaselineUsedForDriftCheckConstraints
            ),
            bias_post_training_constraints=source(
                model_bias.properties.BaselineUsedForDriftCheckConstraints
            ),
            explainability_constraints=source(
                explain.properties.BaselineUsedForDriftCheckConstraints
            ),
        ),
    ),
)

# Jobs of EMR: on a running cluster, on a cluster of the step.
submitted = ["spark-submit", f"s3://{bucket}/jobs/count.py", rows("train")]
group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
own_cluster = {
    "ReleaseLabel": "emr-7.12.0",
    "Applications": [{"Name": "Spark"}],
    "Instances": {"InstanceGroups": [group]},
    "JobFlowRole": profile,
    "ServiceRole": service_role,
}


def emr_step(name, **where):
    config = EMRStepConfig(
        jar="command-runner.jar", args=[*submitted, f"s3://{bucket}/counts/{name}"]
    )
    given = {"cluster_id": None, **where}
    return EMRStep(name, display_name=name, description=name, step_config=config, **given)


shared = emr_step("Shared", cluster_id=cluster)
own = emr_step("Own", cluster_config=own_cluster)

# What is not a job.
double = LambdaStep(
    name="Double",
    lambda_func=Lambda(function_arn=function, session=session),
    inputs={"number": 21},
    outputs=[LambdaOutput(output_name="twice", output_type=LambdaOutputTypeEnum.Integer)],
)
ask = CallbackStep(
    name="Ask",
    sqs_queue_url=queue,
    inputs={"twice": double.properties.Outputs["twice"]},
    outputs=[CallbackOutput(output_name="rows", output_type=CallbackOutputTypeEnum.Integer)],
)
check = ConditionStep(
    name="Check",
    conditions=[ConditionLessThanOrEqualTo(left=ask.properties.Outputs["rows"], right=most)],
    if_steps=[],
    else_steps=[FailStep(name="Reject", error_message="too many rows")],
)
pipeline = Pipeline(
    name="all-types-of-sdk2",
    parameters=[most, is_first],
    steps=[
        *(prepare, quality, bias, train, tune, search, create, model_bias, explain, predict),
        *(model_quality, register, shared, own, double, ask, check),
    ],
    sagemaker_session=session,
)
session.sagemaker_client.create_model_package_group(ModelPackageGroupName="all-types")
pipeline.upsert(role_arn=role)
execution = pipeline.start()
execution.wait(delay=1, max_attempts=400)


def selected(parameters, *steps):
    """Run some steps again, with the results of the first execution for the others."""
    config = SelectiveExecutionConfig(
        selected_steps=list(steps), source_pipeline_execution_arn=execution.arn
    )
    again = pipeline.start(parameters=parameters, selective_execution_config=config)
    try:
        again.wait(delay=1, max_attempts=100)
    except Exception as error:
        print(error)
    return {step["StepName"]: step for step in again.list_steps()}


rejected = selected({"MostRows": 1.0}, "Check", "Reject")
checked = selected({"IsFirst": False}, "Quality", "Bias")
types = {step["Type"] for step in json.loads(pipeline.definition())["Steps"]}
listed = execution.list_steps()
shown = {
    "types": sorted(types),
    "steps": {step["StepName"]: step["StepStatus"] for step in listed},
    "reasons": [step["FailureReason"] for step in listed if "FailureReason" in step],
    "rejected": rejected["Reject"].get("FailureReason"),
    "checked": {name: checked[name]["StepStatus"] for name in ("Quality", "Bias")},
}
print("RESULT", json.dumps(shown))
