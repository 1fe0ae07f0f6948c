"""A user's search with the SageMaker SDK 3. Arguments: the role and the bucket."""

import json
import sys

from sagemaker.core import image_uris
from sagemaker.core.parameter import (
    CategoricalParameter,
    ContinuousParameter,
    IntegerParameter,
)
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import TuningStep
from sagemaker.train.configs import Compute, InputData, OutputDataConfig, SourceCode
from sagemaker.train.model_trainer import ModelTrainer
from sagemaker.train.tuner import HyperparameterTuner

role, bucket = sys.argv[1:]
session = PipelineSession(default_bucket=bucket)
session.boto_session.client("s3").put_object(Bucket=bucket, Key="rows/a.csv", Body=b"1")
trainer = ModelTrainer(
    training_image=image_uris.retrieve("sklearn", region=session.boto_region_name, version="1.4-2"),
    role=role,
    source_code=SourceCode(source_dir="source", entry_script="train.py"),
    compute=Compute(instance_type="ml.m5.large", instance_count=1),
    output_data_config=OutputDataConfig(s3_output_path=f"s3://{bucket}/models"),
    base_job_name="train",
    sagemaker_session=session,
)
tuner = HyperparameterTuner(
    model_trainer=trainer,
    objective_metric_name="error",
    objective_type="Minimize",
    metric_definitions=[{"Name": "error", "Regex": "error: ([0-9.e+-]+);"}],
    hyperparameter_ranges={
        "alpha": ContinuousParameter(0.001, 1.0, scaling_type="Logarithmic"),
        "depth": IntegerParameter(1, 6),
        "kind": CategoricalParameter(["fast", "slow"]),
    },
    max_jobs=3,
    max_parallel_jobs=2,
)
rows = InputData(channel_name="train", data_source=f"s3://{bucket}/rows")
tune = TuningStep("Tune", step_args=tuner.tune(inputs=[rows]))
best = tune.get_top_model_s3_uri(top_k=0, s3_bucket=bucket, prefix="models")
show = FailStep("Show", error_message=best, depends_on=["Tune"])
pipeline = Pipeline(name="tuned-by-sdk3", steps=[tune, show], sagemaker_session=session)
pipeline.upsert(role_arn=role)
execution = pipeline.start()
try:
    execution.wait(delay=1, max_attempts=300)
except Exception as error:
    print(error)
steps = {step["StepName"]: step for step in execution.list_steps()}
shown = {
    "tune": steps["Tune"]["StepStatus"],
    "reason": steps["Tune"].get("FailureReason"),
    "job": steps["Tune"].get("Metadata", {}).get("TuningJob", {}).get("Arn"),
    "best": steps.get("Show", {}).get("FailureReason"),
}
print("RESULT", json.dumps(shown))
