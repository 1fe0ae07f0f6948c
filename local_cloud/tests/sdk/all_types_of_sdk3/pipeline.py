"""One pipeline with all types of steps of the SageMaker SDK 3.

Arguments: the role, the bucket, the URL of a queue, the ARN of a function; and of EMR the ID of a
cluster, a service role, an instance profile, and a role of EMR Serverless.
"""

import json
import sys

from sagemaker.core import image_uris
from sagemaker.core.clarify import BiasConfig, DataConfig
from sagemaker.core.drift_check_baselines import DriftCheckBaselines
from sagemaker.core.lambda_helper import Lambda
from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
from sagemaker.core.model_monitor import DatasetFormat
from sagemaker.core.parameter import ContinuousParameter
from sagemaker.core.processing import ScriptProcessor
from sagemaker.core.shapes import ProcessingOutput, ProcessingS3Output
from sagemaker.core.transformer import Transformer
from sagemaker.core.workflow.conditions import ConditionLessThanOrEqualTo
from sagemaker.core.workflow.parameters import ParameterFloat
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import Properties
from sagemaker.mlops.workflow.callback_step import (
    CallbackOutput,
    CallbackOutputTypeEnum,
    CallbackStep,
)
from sagemaker.mlops.workflow.check_job_config import CheckJobConfig
from sagemaker.mlops.workflow.clarify_check_step import ClarifyCheckStep, DataBiasCheckConfig
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.emr_serverless_step import EMRServerlessJobConfig, EMRServerlessStep
from sagemaker.mlops.workflow.emr_step import EMRStep, EMRStepConfig
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.quality_check_step import DataQualityCheckConfig, QualityCheckStep
from sagemaker.mlops.workflow.selective_execution_config import SelectiveExecutionConfig
from sagemaker.mlops.workflow.steps import (
    ProcessingStep,
    Step,
    StepTypeEnum,
    TrainingStep,
    TransformStep,
    TuningStep,
)
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train.configs import Compute, InputData, OutputDataConfig
from sagemaker.train.model_trainer import ModelTrainer
from sagemaker.train.tuner import HyperparameterTuner

role, bucket, queue, function, cluster, service_role, profile, serverless_role = sys.argv[1:]
session = PipelineSession(default_bucket=bucket)
region = session.boto_region_name
image = image_uris.retrieve("xgboost", region=region, version="1.7-1")
most = ParameterFloat("MostRows", default_value=1000.0)


def output(name):
    target = ProcessingS3Output(
        s3_uri=f"s3://{bucket}/prepared/{name}",
        local_path=f"/opt/ml/processing/{name}",
        s3_upload_mode="EndOfJob",
    )
    return ProcessingOutput(output_name=name, s3_output=target)


prepare = ProcessingStep(
    "Prepare",
    step_args=ScriptProcessor(
        role=role,
        image_uri=image_uris.retrieve("sklearn", region=region, version="1.4-2"),
        command=["python3"],
        instance_type="ml.m5.large",
        instance_count=1,
        sagemaker_session=session,
    ).run(code="prepare.py", outputs=[output("train"), output("named"), output("features")]),
)
outputs = prepare.properties.ProcessingOutputConfig.Outputs


def rows(name):
    return outputs[name].S3Output.S3Uri


# The checks of the data.
job = CheckJobConfig(role=role, instance_type="ml.m5.large", sagemaker_session=session)
first = {"skip_check": True, "register_new_baseline": True, "check_job_config": job}
quality = QualityCheckStep(
    "Quality",
    quality_check_config=DataQualityCheckConfig(
        baseline_dataset=rows("train"),
        dataset_format=DatasetFormat.csv(header=False),
        output_s3_uri=f"s3://{bucket}/quality",
    ),
    **first,
)
bias = ClarifyCheckStep(
    "Bias",
    clarify_check_config=DataBiasCheckConfig(
        data_config=DataConfig(
            s3_data_input_path=rows("train"),
            s3_output_path=f"s3://{bucket}/bias",
            label=0,
            dataset_type="text/csv",
        ),
        data_bias_config=BiasConfig(
            label_values_or_threshold=[1], facet_name=2, facet_values_or_threshold=[1]
        ),
    ),
    **first,
)

# Two ways to train, and a search of all models.
hyperparameters = {"objective": "binary:logistic", "num_round": 5}
trainer = ModelTrainer(
    training_image=image,
    role=role,
    compute=Compute(instance_type="ml.m5.large", instance_count=1),
    hyperparameters=hyperparameters,
    output_data_config=OutputDataConfig(s3_output_path=f"s3://{bucket}/models"),
    sagemaker_session=session,
)
channels = [
    InputData(channel_name=name, data_source=rows("train"), content_type="text/csv")
    for name in ("train", "validation")
]
train = TrainingStep("Train", step_args=trainer.train(input_data_config=channels))
tuner = HyperparameterTuner(
    model_trainer=trainer,
    objective_metric_name="validation:logloss",
    objective_type="Minimize",
    hyperparameter_ranges={"eta": ContinuousParameter(0.1, 0.5)},
    max_jobs=1,
    max_parallel_jobs=1,
)
tune = TuningStep("Tune", step_args=tuner.tune(inputs=channels))


class SearchStep(Step):
    """AutoMLStep of version 3.27 needs `Session.auto_ml`, which this version does not have."""

    def __init__(self, name):
        super().__init__(name, step_type=StepTypeEnum.AUTOML)
        self._properties = Properties(name, step=self, shape_name="DescribeAutoMLJobResponse")

    @property
    def arguments(self):
        source = {"S3DataType": "S3Prefix", "S3Uri": rows("named")}
        return {
            "RoleArn": role,
            "InputDataConfig": [
                {"DataSource": {"S3DataSource": source}, "TargetAttributeName": "sold"}
            ],
            "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/automl"},
            "AutoMLJobConfig": {
                "Mode": "ENSEMBLING",
                "CompletionCriteria": {"MaxCandidates": 1},
            },
        }

    @property
    def properties(self):
        return self._properties


search = SearchStep("Search")

# The model, its version and its predictions.
builder = ModelBuilder(
    s3_model_data_url=train.properties.ModelArtifacts.S3ModelArtifacts,
    image_uri=image,
    role_arn=role,
    sagemaker_session=session,
)
create = ModelStep("Create", step_args=builder.build())


def source(uri):
    return MetricsSource(content_type="application/json", s3_uri=uri)


found = quality.properties
register = ModelStep(
    "Register",
    step_args=builder.register(
        model_package_group_name="all-types",
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        approval_status="Approved",
        model_metrics=ModelMetrics(
            model_data_statistics=source(found.CalculatedBaselineStatistics),
            model_data_constraints=source(found.CalculatedBaselineConstraints),
        ),
        drift_check_baselines=DriftCheckBaselines(
            model_data_statistics=source(found.BaselineUsedForDriftCheckStatistics),
            model_data_constraints=source(found.BaselineUsedForDriftCheckConstraints),
            bias_pre_training_constraints=source(
                bias.properties.BaselineUsedForDriftCheckConstraints
            ),
        ),
    ),
)
transformer = Transformer(
    model_name=create.properties.ModelName,
    instance_count=1,
    instance_type="ml.m5.large",
    output_path=f"s3://{bucket}/predictions",
    sagemaker_session=session,
)
predict = TransformStep(
    "Predict",
    step_args=transformer.transform(
        data=rows("features"), content_type="text/csv", split_type="Line"
    ),
)

# Jobs of EMR: on a running cluster, on EMR Serverless and on a cluster of the step.
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
serverless = EMRServerlessStep(
    "Serverless",
    display_name="Serverless",
    description="Serverless",
    job_config=EMRServerlessJobConfig(
        job_driver={
            "sparkSubmit": {
                "entryPoint": submitted[1],
                "entryPointArguments": [submitted[2], f"s3://{bucket}/counts/Serverless"],
            }
        },
        execution_role_arn=serverless_role,
    ),
    application_config={"name": "of-a-step", "releaseLabel": "emr-7.12.0", "type": "SPARK"},
)

# What is not a job.
double = LambdaStep(
    "Double",
    lambda_func=Lambda(function_arn=function, session=session),
    inputs={"number": 21},
    outputs=[LambdaOutput(output_name="twice", output_type=LambdaOutputTypeEnum.Integer)],
)
ask = CallbackStep(
    "Ask",
    sqs_queue_url=queue,
    inputs={"twice": double.properties.Outputs["twice"]},
    outputs=[CallbackOutput(output_name="rows", output_type=CallbackOutputTypeEnum.Integer)],
)
check = ConditionStep(
    "Check",
    conditions=[ConditionLessThanOrEqualTo(left=ask.properties.Outputs["rows"], right=most)],
    if_steps=[],
    else_steps=[FailStep("Reject", error_message="too many rows")],
)
steps = [
    *(prepare, quality, bias, train, tune, search, create, register, predict),
    *(shared, own, serverless, double, ask, check),
]
pipeline = Pipeline(
    name="all-types-of-sdk3", parameters=[most], steps=steps, sagemaker_session=session
)
pipeline.upsert(role_arn=role)
execution = pipeline.start()
execution.wait(delay=1, max_attempts=400)
rejected = pipeline.start(
    parameters={"MostRows": 1.0},
    selective_execution_config=SelectiveExecutionConfig(
        selected_steps=["Check", "Reject"], source_pipeline_execution_arn=execution.arn
    ),
)
try:
    rejected.wait(delay=1, max_attempts=100)
except Exception as error:
    print(error)
definition = json.loads(pipeline.definition())
shown = {
    "types": sorted({step["Type"] for step in definition["Steps"]}),
    "steps": {step["StepName"]: step["StepStatus"] for step in execution.list_steps()},
    "reasons": [
        step["FailureReason"] for step in execution.list_steps() if "FailureReason" in step
    ],
    "rejected": {step["StepName"]: step.get("FailureReason") for step in rejected.list_steps()},
}
print("RESULT", json.dumps(shown))
