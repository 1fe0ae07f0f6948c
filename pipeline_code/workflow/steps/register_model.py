"""RegisterModel steps: create a version in the model package group (CreateModelPackage).

Source of the actions: SageMaker Developer Guide, "IAM Access Management" of Pipelines. SageMaker
reads the files of a version with the execution role.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join

from pipeline_code.compiler.manifest import NOTHING, Access
from pipeline_code.workflow.actions import HOST_MODEL, JOIN_VPC, READ_FILES
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import CODE_KEY, MODEL_PACKAGE_GROUP
from pipeline_code.workflow.instances import Instances
from pipeline_code.workflow.metric import Metric
from pipeline_code.workflow.model_card import ModelCard
from pipeline_code.workflow.models import TrainedModel
from pipeline_code.workflow.retries import service_retries
from pipeline_code.workflow.step_kind import DependsOn, RequestStep, StepKind
from pipeline_code.workflow.steps.data_quality import data_quality as quality_of
from pipeline_code.workflow.steps.data_quality import json_source
from pipeline_code.workflow.steps.model_analysis import AnalysedModel
from pipeline_code.workflow.steps.processing import Output, ProcessingStep
from pipeline_code.workflow.variables import FileDigest, access_of

KIND = StepKind(
    type="RegisterModel",
    execution=(
        "s3:GetObject",
        "sagemaker:CreateModelPackage",
        "sagemaker:DescribeModelPackage",
    ),
    described=("DescribeModelPackageOutput",),
)
# The response types of the pipelines' serving code (pipeline_code/runtime/serving.py).
CONTENT_TYPES = ("text/csv", "application/jsonlines")
EVALUATION = "evaluation.json"
# The member of evaluation.json with the SHA-256 of the model.tar.gz that was measured
# (`write_evaluation` of pipeline_code/runtime/evaluation.py).
MEASURED = "model.sha256"
DIGEST = "model_sha256"
APPROVAL = "ModelApprovalStatus"
STATUSES = ("PendingManualApproval", "Approved", "Rejected")


def register(
    p: Collector,
    name: str,
    model: TrainedModel,
    model_quality: Output,
    *,
    inference: Instances,
    content_types: Sequence[str] = CONTENT_TYPES,
    response_types: Sequence[str] | None = None,
    data_quality: ProcessingStep | None = None,
    analysis: AnalysedModel | None = None,
    properties: Mapping[str, Any] | None = None,
    card: ModelCard | None = None,
    depends_on: DependsOn = None,
) -> RequestStep:
    """Add a step that registers a version in the environment's model package group.

    `model_quality` is an output with an evaluation.json of `write_evaluation`. `data_quality` is a
    step of `data_baseline` with the baseline of the model's inputs, `analysis` the result of
    `model_analysis`. `inference` is the instance type that the model supports. The default of
    `response_types` is `content_types`. The properties of the version are its execution, its code
    archive, the digests of its queries and of the model that was measured, the URI of the report of
    the run, and `properties`. `card` adds a model card, which also has these properties. Who loads
    the model later compares this digest. Its approval status is the parameter
    ModelApprovalStatus: the version waits for manual approval, unless the environment sets another
    default. A version has the tags of its group, because CreateModelPackage rejects tags on a
    version.
    """
    measured = model_quality.metric(MEASURED)
    known = {**_origin(p, measured), **(properties or {})}
    request: dict[str, Any] = {
        "ModelPackageGroupName": MODEL_PACKAGE_GROUP,
        "InferenceSpecification": {
            "Containers": [model.container],
            "SupportedContentTypes": list(content_types),
            "SupportedResponseMIMETypes": list(response_types or content_types),
            "SupportedRealtimeInferenceInstanceTypes": [inference.type],
            "SupportedTransformInstanceTypes": [inference.type],
        },
        "ModelMetrics": {"ModelQuality": {"Statistics": json_source(model_quality / EVALUATION)}},
        "ModelApprovalStatus": p.parameter(APPROVAL, STATUSES[0], enum_values=STATUSES),
        "CustomerMetadataProperties": known,
    }
    if card:
        request["ModelCard"] = card.request(model, pipeline=p.name, properties=known)
    if data_quality:
        request["ModelMetrics"]["ModelDataQuality"] = quality_of(data_quality)
        request["DriftCheckBaselines"] = {"ModelDataQuality": quality_of(data_quality)}
    if analysis:
        request["ModelMetrics"] |= analysis.model_metrics
    files = access_of([request["InferenceSpecification"], request["ModelMetrics"]])
    needs = KIND.needs(
        name,
        execution=Access(actions=READ_FILES, reads=files.reads)
        | measured.access
        | (card.access if card else NOTHING),
        hosting=Access(actions=(*HOST_MODEL, *JOIN_VPC)) | access_of(model.container),
    )
    step = RequestStep(KIND, name, request, retries=service_retries(), depends_on=depends_on)
    return p.collect(step, needs)


def _origin(p: Collector, measured: Metric) -> dict[str, Any]:
    """Return the origin of a version: run, queries, code, and the model that was measured."""
    digests = [FileDigest(query) for query in p.queries]
    return {
        "execution_id": ExecutionVariables.PIPELINE_EXECUTION_ID,
        **({"query_sha256": _one(digests)} if digests else {}),
        "code_key": CODE_KEY,
        DIGEST: measured,
        "run_report": p.folder.report_uri,
    }


def _one(digests: list[FileDigest]) -> Any:
    return digests[0] if len(digests) == 1 else Join(on=" ", values=digests)
