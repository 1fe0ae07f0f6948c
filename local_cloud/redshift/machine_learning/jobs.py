"""The SageMaker jobs that train models: their requests and results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import urlparse

from local_cloud.redshift.machine_learning import models
from local_cloud.redshift.machine_learning.models import Model

# AWS does not document the instance type or the image of the training. This is the image of the
# XGBoost algorithm, which can also be used outside of Redshift.
_INSTANCE_TYPE, _VOLUME_GB = "ml.m5.2xlarge", 30
XGBOOST_IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"
_PROBLEM_TYPES = {
    "REGRESSION": "Regression",
    "BINARY_CLASSIFICATION": "BinaryClassification",
    "MULTICLASS_CLASSIFICATION": "MulticlassClassification",
}
# The default objectives: r_create_model_use_cases.html, "CREATE MODEL with user guidance".
_OBJECTIVES = {
    "REGRESSION": "MSE",
    "BINARY_CLASSIFICATION": "F1",
    "MULTICLASS_CLASSIFICATION": "Accuracy",
}


class Job(Protocol):
    """One kind of job."""

    def start(self, client: Any, model: Model) -> None:
        """Start the job of a model."""

    def describe(self, client: Any, model: Model) -> Mapping[str, Any]:
        """Return the description of the job."""

    def stop(self, client: Any, model: Model) -> None:
        """Stop the job."""

    def status(self, described: Mapping[str, Any]) -> str:
        """Return the status in a description."""

    def result(self, described: Mapping[str, Any], model: Model) -> Model:
        """Return the model with the results of a completed job."""

    def artifact(self, described: Mapping[str, Any]) -> tuple[str, str]:
        """Return the bucket and the key of the artifact of a completed job."""


class TrainingJob:
    """Trains XGBoost for AUTO OFF."""

    def start(self, client: Any, model: Model) -> None:
        """Perform CreateTrainingJob."""
        source = {"S3DataType": "S3Prefix", "S3Uri": _uri(model, "input/")}
        client.create_training_job(
            TrainingJobName=model.job,
            AlgorithmSpecification={"TrainingImage": XGBOOST_IMAGE, "TrainingInputMode": "File"},
            RoleArn=model.role,
            HyperParameters={**model.hyperparameters, "objective": model.objective},
            InputDataConfig=[
                {
                    "ChannelName": "train",
                    "ContentType": "text/csv",
                    "DataSource": {"S3DataSource": source},
                }
            ],
            OutputDataConfig=_output(model),
            ResourceConfig={
                "InstanceType": _INSTANCE_TYPE,
                "InstanceCount": 1,
                "VolumeSizeInGB": _VOLUME_GB,
            },
            StoppingCondition={"MaxRuntimeInSeconds": model.max_seconds},
        )

    def describe(self, client: Any, model: Model) -> Mapping[str, Any]:
        """Perform DescribeTrainingJob."""
        described: Mapping[str, Any] = client.describe_training_job(TrainingJobName=model.job)
        return described

    def stop(self, client: Any, model: Model) -> None:
        """Perform StopTrainingJob."""
        client.stop_training_job(TrainingJobName=model.job)

    def status(self, described: Mapping[str, Any]) -> str:
        """Return the status of the job."""
        return str(described["TrainingJobStatus"])

    def result(self, described: Mapping[str, Any], model: Model) -> Model:
        """Return the model with the last metrics of the job."""
        found = described.get("FinalMetricDataList") or []
        metrics = {each["MetricName"]: float(each["Value"]) for each in found}
        return replace(model, metrics=metrics)

    def artifact(self, described: Mapping[str, Any]) -> tuple[str, str]:
        """Return the place of the model."""
        return split(described["ModelArtifacts"]["S3ModelArtifacts"])


class AutoMLJob:
    """Searches the best candidate for AUTO ON."""

    def start(self, client: Any, model: Model) -> None:
        """Perform CreateAutoMLJob."""
        source = {"S3DataType": "S3Prefix", "S3Uri": _uri(model, "input/")}
        problem = model.problem_type
        objective = model.objective or _OBJECTIVES.get(problem, "")
        name = "F1macro" if objective == "F1Macro" else objective
        client.create_auto_ml_job(
            AutoMLJobName=model.job,
            InputDataConfig=[
                {
                    "DataSource": {"S3DataSource": source},
                    "TargetAttributeName": model.target,
                }
            ],
            OutputDataConfig=_output(model),
            AutoMLJobConfig={
                "Mode": "ENSEMBLING",
                "CompletionCriteria": {"MaxAutoMLJobRuntimeInSeconds": model.max_seconds},
            },
            RoleArn=model.role,
            **({"ProblemType": _PROBLEM_TYPES[problem]} if problem else {}),
            **({"AutoMLJobObjective": {"MetricName": name}} if problem else {}),
        )

    def describe(self, client: Any, model: Model) -> Mapping[str, Any]:
        """Perform DescribeAutoMLJob."""
        described: Mapping[str, Any] = client.describe_auto_ml_job(AutoMLJobName=model.job)
        return described

    def stop(self, client: Any, model: Model) -> None:
        """Perform StopAutoMLJob."""
        client.stop_auto_ml_job(AutoMLJobName=model.job)

    def status(self, described: Mapping[str, Any]) -> str:
        """Return the status of the job."""
        return str(described["AutoMLJobStatus"])

    def result(self, described: Mapping[str, Any], model: Model) -> Model:
        """Return the model with the measure of the best candidate, and the resolved problem."""
        best = described["BestCandidate"]
        metric = best["FinalAutoMLJobObjectiveMetric"]
        resolved = described["ResolvedAttributes"]
        problem = {name: word for word, name in _PROBLEM_TYPES.items()}[resolved["ProblemType"]]
        return replace(
            model,
            problem_type=problem,
            objective=resolved["AutoMLJobObjective"]["MetricName"],
            metrics={f"validation:{metric['MetricName']}": float(metric["Value"])},
        )

    def artifact(self, described: Mapping[str, Any]) -> tuple[str, str]:
        """Return the place of the model of the best candidate."""
        (container,) = described["BestCandidate"]["InferenceContainers"]
        return split(container["ModelDataUrl"])


JOBS: Mapping[str, Job] = {models.AUTO: AutoMLJob(), models.XGBOOST: TrainingJob()}


def split(uri: str) -> tuple[str, str]:
    """Return the bucket and the key of a URI."""
    parsed = urlparse(uri)
    return parsed.netloc, parsed.path.lstrip("/")


def _uri(model: Model, path: str) -> str:
    return f"s3://{model.bucket}/{model.prefix}{path}"


def _output(model: Model) -> dict[str, str]:
    key = {"KmsKeyId": model.kms_key} if model.kms_key else {}
    return {"S3OutputPath": _uri(model, "output"), **key}
