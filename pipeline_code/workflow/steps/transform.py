"""Transform steps: predict for the rows of files (CreateTransformJob).

Source of the actions: SageMaker Developer Guide, "IAM Access Management" of Pipelines. A transform
job reads and writes with the role of its model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pipeline_code.workflow.actions import RUN_CONTAINER, WRITE_OUTPUTS
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import KMS_KEY
from pipeline_code.workflow.inputs import Files
from pipeline_code.workflow.instances import Instances
from pipeline_code.workflow.retries import job_retries
from pipeline_code.workflow.step_kind import DependsOn, RequestStep, StepKind
from pipeline_code.workflow.steps.model import ModelStep
from pipeline_code.workflow.variables import Uri, access_of

KIND = StepKind(
    type="Transform",
    execution=(
        "sagemaker:AddTags",
        "sagemaker:CreateTransformJob",
        "sagemaker:DescribeTransformJob",
        "sagemaker:StopTransformJob",
    ),
    role="Model",
    job=(*RUN_CONTAINER, *WRITE_OUTPUTS),
    creates="transform-job",
    described=("DescribeTransformJobResponse",),
)
OUTPUT = "predictions"


class TransformStep(RequestStep):
    """A transform job. `predictions` is the S3 URI of the prefix of its output files."""

    predictions: Uri


def transform(
    p: Collector,
    name: str,
    model: ModelStep,
    data: Files | Uri,
    instances: Instances,
    *,
    content_type: str = "text/csv",
    compression_type: Literal["None", "Gzip"] = "None",
    input_filter: str = "$",
    output_filter: str = "$",
    join_source: Literal["None", "Input"] = "None",
    accept: str = "text/csv",
    strategy: Literal["MultiRecord", "SingleRecord"] = "MultiRecord",
    max_payload: int = 6,
    max_concurrent_transforms: int = 1,
    invocation_timeout_seconds: int = 600,
    invocation_max_retries: int = 3,
    tags: Mapping[str, Any] | None = None,
    depends_on: DependsOn = None,
) -> TransformStep:
    """Add a step that predicts for the rows (lines) in `data`, with a model of `create_model`.

    CSV files must not have a header, because the service would read it as a row. The JSONPath
    `input_filter` selects the part of a row that the model receives. With `join_source="Input"` the
    prediction is appended to the complete row, and `output_filter` selects the part that is
    written. A request contains as many rows as fit into `max_payload` megabytes (SingleRecord:
    one). Files are distributed over the instances. For each file, the job writes a file with the
    same name and the suffix `.out` to the prefix of the run, with the rows in the same order.
    """
    files = Files(uri=data) if isinstance(data, Uri) else data
    written = p.folder.run_uri("runs", name, OUTPUT)
    source = {"S3DataType": files.data_type, "S3Uri": files.uri}
    request = {
        "ModelName": model.model_name,
        "TransformInput": {
            "DataSource": {"S3DataSource": source},
            "ContentType": content_type,
            "CompressionType": compression_type,
            "SplitType": "Line",
        },
        "TransformOutput": {
            "S3OutputPath": p.folder.run_target("runs", name, OUTPUT),
            "Accept": accept,
            "AssembleWith": "Line",
            "KmsKeyId": KMS_KEY,
        },
        "TransformResources": instances.transform_request(),
        "BatchStrategy": strategy,
        "MaxPayloadInMB": max_payload,
        "MaxConcurrentTransforms": max_concurrent_transforms,
        "ModelClientConfig": {
            "InvocationsTimeoutInSeconds": invocation_timeout_seconds,
            "InvocationsMaxRetries": invocation_max_retries,
        },
        "DataProcessing": {
            "InputFilter": input_filter,
            "JoinSource": join_source,
            "OutputFilter": output_filter,
        },
        "Tags": [
            *p.folder.tags,
            *({"Key": key, "Value": value} for key, value in (tags or {}).items()),
        ],
    }
    step = TransformStep(KIND, name, request, retries=job_retries(), depends_on=depends_on)
    step.predictions = Uri(step.properties.TransformOutput.S3OutputPath, written.access)
    return p.collect(step, KIND.needs(name, job=access_of(request)))
