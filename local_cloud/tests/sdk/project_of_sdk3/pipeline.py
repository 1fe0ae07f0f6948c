"""A user's pipeline with the SageMaker SDK 3. Arguments: the role and the bucket."""

import json
import sys

from sagemaker.core import image_uris
from sagemaker.core.processing import ScriptProcessor
from sagemaker.core.shapes import (
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
)
from sagemaker.core.workflow.conditions import ConditionGreaterThan, ConditionNot
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterFloat, ParameterInteger
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import CacheConfig, ProcessingStep, TrainingStep
from sagemaker.train.configs import Compute, InputData, OutputDataConfig, SourceCode
from sagemaker.train.model_trainer import ModelTrainer

role, bucket = sys.argv[1:]
session = PipelineSession(default_bucket=bucket)
image = image_uris.retrieve("sklearn", region=session.boto_region_name, version="1.4-2")
rows = ParameterInteger("Rows", default_value=40)
most = ParameterFloat("MaxError", default_value=0.5)


def processor(name):
    return ScriptProcessor(
        role=role,
        image_uri=image,
        command=["python3"],
        instance_type="ml.m5.large",
        instance_count=1,
        base_job_name=name,
        sagemaker_session=session,
    )


def output(name):
    path = f"/opt/ml/processing/{name}"
    target = ProcessingS3Output(
        s3_uri=f"s3://{bucket}/sdk3/{name}", local_path=path, s3_upload_mode="EndOfJob"
    )
    return ProcessingOutput(output_name=name, s3_output=target)


def source(name, uri):
    path = f"/opt/ml/processing/{name}"
    place = ProcessingS3Input(
        s3_uri=uri, local_path=path, s3_data_type="S3Prefix", s3_input_mode="File"
    )
    return ProcessingInput(input_name=name, s3_input=place)


prepare = ProcessingStep(
    "Prepare",
    step_args=processor("prepare").run(
        code="prepare.py",
        arguments=["--rows", rows.to_string()],
        outputs=[output("train"), output("test")],
    ),
    cache_config=CacheConfig(enable_caching=True, expire_after="P30D"),
)
outputs = prepare.properties.ProcessingOutputConfig.Outputs
trainer = ModelTrainer(
    training_image=image,
    role=role,
    source_code=SourceCode(source_dir="source", entry_script="train.py"),
    compute=Compute(instance_type="ml.m5.large", instance_count=1),
    hyperparameters={"alpha": 0.5, "columns": ["x"]},
    output_data_config=OutputDataConfig(s3_output_path=f"s3://{bucket}/sdk3/models"),
    base_job_name="train",
    sagemaker_session=session,
)
train = TrainingStep(
    "Train",
    step_args=trainer.train(
        input_data_config=[
            InputData(channel_name="train", data_source=outputs["train"].S3Output.S3Uri)
        ]
    ),
)
report = PropertyFile("Report", output_name="report", path="report.json")
evaluate = ProcessingStep(
    "Evaluate",
    step_args=processor("evaluate").run(
        code="evaluate.py",
        inputs=[
            source("model", train.properties.ModelArtifacts.S3ModelArtifacts),
            source("test", outputs["test"].S3Output.S3Uri),
        ],
        outputs=[output("report")],
    ),
    property_files=[report],
)
error = JsonGet(step_name="Evaluate", property_file=report, json_path="metrics.mae.value")
check = ConditionStep(
    "Check",
    conditions=[ConditionNot(ConditionGreaterThan(left=error, right=most))],
    if_steps=[],
    else_steps=[FailStep("Reject", error_message=Join(" ", ["the error is", error]))],
)
pipeline = Pipeline(
    name="made-by-sdk3",
    parameters=[rows, most],
    steps=[prepare, train, evaluate, check],
    sagemaker_session=session,
)
pipeline.upsert(role_arn=role)
pipeline.upsert(role_arn=role, description="again")
execution = pipeline.start()
execution.wait(delay=1, max_attempts=120)
rejected = pipeline.start(parameters={"MaxError": -1.0})
try:
    rejected.wait(delay=1, max_attempts=120)
except Exception as error:
    reason = str(error)
versions = pipeline.list_pipeline_versions()["PipelineVersionSummaries"]
shown = {
    "steps": {step["StepName"]: step["StepStatus"] for step in execution.list_steps()},
    "execution": execution.arn,
    "status": execution.describe()["PipelineExecutionStatus"],
    "versions": [version["PipelineVersionId"] for version in versions],
    "rejected": {step["StepName"]: step.get("FailureReason") for step in rejected.list_steps()},
    "reason": reason,
}
print("RESULT", json.dumps(shown))
