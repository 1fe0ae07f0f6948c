"""Transform steps: rows of files in, their predictions in files out (CreateTransformJob)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sagemaker.mlops.workflow.steps import StepTypeEnum

from pipeline_code.definition.steps import parameters
from pipeline_code.definition.steps.compute import Instances
from pipeline_code.definition.steps.folder import PipelineFolder
from pipeline_code.definition.steps.request_step import Extras, RequestStep
from pipeline_code.definition.steps.resilience import job_retries


@dataclass(frozen=True)
class Rows:
    """Which files hold the rows to predict for, one row a line, and how they are read.

    A CSV file has no header: the service would take it for a row. `uri` is a prefix, or with
    `data_type` ManifestFile the object that lists the files.
    """

    uri: Any
    data_type: Literal["S3Prefix", "ManifestFile"] = "S3Prefix"
    content_type: str = "text/csv"
    compression: Literal["None", "Gzip"] = "None"

    def request(self) -> dict[str, Any]:
        """TransformInput."""
        return {
            "DataSource": {"S3DataSource": {"S3DataType": self.data_type, "S3Uri": self.uri}},
            "ContentType": self.content_type,
            "CompressionType": self.compression,
            "SplitType": "Line",
        }


@dataclass(frozen=True)
class Batches:
    """How rows become requests: as many as `payload_mb` takes or one, `at_once` an instance.

    A request may take `timeout_seconds`, and is tried again `retries` times (0 to 3).
    """

    strategy: Literal["MultiRecord", "SingleRecord"] = "MultiRecord"
    payload_mb: int = 6
    at_once: int = 1
    timeout_seconds: int = 600
    retries: int = 3

    def request(self) -> dict[str, Any]:
        """The members of CreateTransformJob that say so."""
        return {
            "BatchStrategy": self.strategy,
            "MaxPayloadInMB": self.payload_mb,
            "MaxConcurrentTransforms": self.at_once,
            "ModelClientConfig": {
                "InvocationsTimeoutInSeconds": self.timeout_seconds,
                "InvocationsMaxRetries": self.retries,
            },
        }


def transform_step(
    folder: PipelineFolder,
    name: str,
    *,
    model: RequestStep,
    rows: Rows,
    instances: Instances,
    batches: Batches | None = None,
    seen: str = "$",
    joined: bool = False,
    kept: str = "$",
    accept: str = "text/csv",
    tags: Mapping[str, Any] | None = None,
) -> RequestStep:
    """A step that predicts for `rows` with the model that the step `model` made.

    The model sees what the JSONPath `seen` leaves of a row. With `joined` the answer is put behind
    the whole row; `kept` is what of that is written. Files are dealt out to the instances. Each
    becomes one of the same name with `.out` at its end, in the run's own prefix, row for row.
    """
    request = {
        "ModelName": model.properties.ModelName,
        "TransformInput": rows.request(),
        "TransformOutput": {
            "S3OutputPath": folder.run_uri(name, "predictions"),
            "Accept": accept,
            "AssembleWith": "Line",
            "KmsKeyId": parameters.KMS_KEY,
        },
        "TransformResources": _resources(instances),
        **(batches or Batches()).request(),
        "DataProcessing": {
            "InputFilter": seen,
            "JoinSource": "Input" if joined else "None",
            "OutputFilter": kept,
        },
        "Tags": [*folder.tags, *({"Key": k, "Value": v} for k, v in (tags or {}).items())],
    }
    return RequestStep(name, StepTypeEnum.TRANSFORM, request, Extras(retries=job_retries()))


def predictions_uri(step: RequestStep) -> Any:
    """S3 URI of the prefix that a transform step wrote its files to."""
    return step.properties.TransformOutput.S3OutputPath


def _resources(instances: Instances) -> dict[str, Any]:
    """A transform job's volume has no size to choose."""
    return {
        "InstanceType": instances.type,
        "InstanceCount": instances.count,
        "VolumeKmsKeyId": parameters.KMS_KEY,
    }
