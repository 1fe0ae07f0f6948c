"""AutoML steps: search the best model for a table (CreateAutoMLJob, Autopilot).

Steps support only the mode ENSEMBLING. Source of the actions: SageMaker Developer Guide, "IAM
Access Management" of Pipelines. SageMaker accesses the data with the role of the job.
"""

from __future__ import annotations

from typing import Any, Literal

from sagemaker.core.workflow.properties import Properties

from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.workflow.actions import RUN_CONTAINER, WRITE_OUTPUTS
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import KMS_KEY, role_arn
from pipeline_code.workflow.instances import vpc_config
from pipeline_code.workflow.models import MODEL
from pipeline_code.workflow.retries import job_retries
from pipeline_code.workflow.step_kind import DependsOn, RequestStep, StepKind
from pipeline_code.workflow.variables import Uri, access_of

KIND = StepKind(
    type="AutoML",
    execution=(
        "sagemaker:AddTags",
        "sagemaker:CreateAutoMLJob",
        "sagemaker:DescribeAutoMLJob",
        "sagemaker:StopAutoMLJob",
    ),
    role="Training",
    role_field="RoleArn",
    job=(*RUN_CONTAINER, *WRITE_OUTPUTS),
    creates="automl-job",
    writes_models=True,
    described=("DescribeAutoMLJobResponse",),
)
_REPORT = "ModelInsightsJsonReportPath"
ProblemType = Literal["BinaryClassification", "MulticlassClassification", "Regression"]


class AutoMLStep(RequestStep):
    """An AutoML job. `model` is the model.tar.gz of its best candidate, `report` its insights."""

    model: Uri
    report: Uri


def automl(
    p: Collector,
    name: str,
    *,
    rows: Uri,
    target: str,
    problem_type: ProblemType | None = None,
    objective: str | None = None,
    candidates: int | None = None,
    hours: int = 4,
    depends_on: DependsOn = None,
) -> AutoMLStep:
    """Add a step that searches the best model for the column `target` of CSV files below `rows`.

    The files have at most 5 GB together. Either each file has a header row, or only the first in
    alphabetical order. The job checks this before any work. `problem_type` and `objective`, such
    as F1, are set together, or both are inferred from the data. SageMaker chooses the instances and
    the image of the model, so `p.register` and `p.create_model` do not accept the model.
    """
    if (problem_type is None) != (objective is None):
        raise DefinitionError(
            f"step {name}: problem_type {problem_type!r} with objective {objective!r}: allowed are "
            "both or none of them; set the other one, too"
        )
    kept = p.folder.run_uri("kept", name, MODEL)
    criteria: dict[str, Any] = {"MaxAutoMLJobRuntimeInSeconds": hours * 3600}
    if candidates is not None:
        criteria["MaxCandidates"] = candidates
    request: dict[str, Any] = {
        "RoleArn": role_arn("Training"),
        "InputDataConfig": [
            {
                "ChannelType": "training",
                "ContentType": "text/csv;header=present",
                "CompressionType": "None",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": rows}},
                "TargetAttributeName": target,
            }
        ],
        "OutputDataConfig": {
            "S3OutputPath": p.folder.run_target("kept", name, MODEL),
            "KmsKeyId": KMS_KEY,
        },
        "AutoMLJobConfig": {
            "Mode": "ENSEMBLING",
            "CompletionCriteria": criteria,
            "SecurityConfig": {
                "VolumeKmsKeyId": KMS_KEY,
                "EnableInterContainerTrafficEncryption": True,
                "VpcConfig": vpc_config(),
            },
        },
        "Tags": p.folder.tags,
    }
    if problem_type is not None:
        request["ProblemType"] = problem_type
        request["AutoMLJobObjective"] = {"MetricName": objective}
    step = AutoMLStep(KIND, name, request, retries=job_retries(), depends_on=depends_on)
    best = step.properties.BestCandidate.InferenceContainers[0]
    step.model = Uri(best.ModelDataUrl, kept.access)
    report = Properties(step_name=name, step=step, path=f"BestCandidateProperties.{_REPORT}")
    step.report = Uri(report, kept.access)
    return p.collect(step, KIND.needs(name, job=access_of(request)))
