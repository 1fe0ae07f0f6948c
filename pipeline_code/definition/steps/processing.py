"""Processing steps: their inputs, their outputs and their request (CreateProcessingJob)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.steps import CacheConfig, StepTypeEnum

from pipeline_code.definition.steps import parameters
from pipeline_code.definition.steps.compute import Instances, time_limit, vpc_config
from pipeline_code.definition.steps.folder import PipelineFolder
from pipeline_code.definition.steps.request_step import Extras, RequestStep
from pipeline_code.definition.steps.resilience import job_retries

INPUT_PATH = "/opt/ml/processing/input"
OUTPUT_PATH = "/opt/ml/processing/output"


def processing_step(
    folder: PipelineFolder,
    name: str,
    *,
    script: str | None,
    image: Any,
    instances: Instances,
    inputs: Sequence[dict[str, Any]],
    outputs: Sequence[str],
    kept: bool = False,
    environment: Mapping[str, Any] | None = None,
    network: bool = False,
    property_files: Sequence[PropertyFile] = (),
    cache: CacheConfig | None = None,
    hours: int = 1,
) -> RequestStep:
    """A step that runs the folder's `script` over `inputs`; None runs what the image itself does.

    An output `train` is what the script leaves in /opt/ml/processing/output/train; it goes to the
    run's own prefix, where it expires unless `kept`. `environment` (name -> text) are the
    container's variables: join a parameter of another type to a text. The container has no
    network of its own, as SageMaker fetches and stores data; with `network` it reaches AWS's APIs
    through the environment's subnets.
    """
    place = folder.kept_uri if kept else folder.run_uri
    code = [_code_input()] if script else []
    command = {"ContainerEntrypoint": ["python3", _archive(), script]} if script else {}
    request: dict[str, Any] = {
        "RoleArn": parameters.PROCESSING_ROLE,
        "AppSpecification": {"ImageUri": image, **command},
        "ProcessingInputs": [*code, *inputs],
        "ProcessingOutputConfig": {
            "Outputs": [_output(output, place(name, output)) for output in outputs],
            "KmsKeyId": parameters.KMS_KEY,
        },
        "ProcessingResources": {"ClusterConfig": instances.request()},
        "NetworkConfig": {"EnableNetworkIsolation": not network, "VpcConfig": vpc_config()},
        "StoppingCondition": time_limit(hours),
        "Tags": folder.tags,
    }
    if environment:
        request["Environment"] = dict(environment)
    extras = Extras(retries=job_retries(), cache=cache, property_files=property_files)
    return RequestStep(name, StepTypeEnum.PROCESSING, request, extras)


def output_uri(step: RequestStep, output: str) -> Any:
    """S3 URI of an output of a processing step that ran before."""
    return step.properties.ProcessingOutputConfig.Outputs[output].S3Output.S3Uri


def s3_input(
    name: str,
    uri: Any,
    *,
    distribution: str = "FullyReplicated",
    data_type: str = "S3Prefix",
) -> dict[str, Any]:
    """What lies under `uri`, at /opt/ml/processing/input/<name>.

    `distribution`: FullyReplicated gives every instance everything, ShardedByS3Key its share.
    `data_type`: S3Prefix for a prefix, ManifestFile for an object that lists what is meant.
    """
    source = {
        "S3Uri": uri,
        "LocalPath": f"{INPUT_PATH}/{name}",
        "S3DataType": data_type,
        "S3InputMode": "File",
        "S3DataDistributionType": distribution,
        "S3CompressionType": "None",
    }
    return {"InputName": name, "AppManaged": False, "S3Input": source}


def redshift_input(
    folder: PipelineFolder, name: str, *, query: str, output_format: str
) -> dict[str, Any]:
    """The rows of `query`, unloaded by the warehouse and dealt out to the instances.

    Each instance finds its share of the files at /opt/ml/processing/input/<name>, maybe none.
    """
    warehouse = {
        "ClusterId": parameters.CLUSTER,
        "Database": parameters.DATABASE,
        "DbUser": parameters.DATABASE_USER,
        "QueryString": query,
        "ClusterRoleArn": parameters.WAREHOUSE_ROLE,
        "OutputS3Uri": folder.unload_uri(name),
        "KmsKeyId": parameters.KMS_KEY,
        "OutputFormat": output_format,
    }
    data_set = {
        "LocalPath": f"{INPUT_PATH}/{name}",
        "DataDistributionType": "ShardedByS3Key",
        "InputMode": "File",
        "RedshiftDatasetDefinition": warehouse,
    }
    return {"InputName": name, "AppManaged": False, "DatasetDefinition": data_set}


def _code_input() -> dict[str, Any]:
    uri = Join(on="/", values=["s3:/", parameters.CODE_BUCKET, parameters.CODE_KEY])
    return s3_input("code", uri)


def _archive() -> Any:
    return Join(on="/", values=[f"{INPUT_PATH}/code", parameters.CODE_KEY])


def _output(output: str, uri: Any) -> dict[str, Any]:
    target = {
        "S3Uri": uri,
        "LocalPath": f"{OUTPUT_PATH}/{output}",
        "S3UploadMode": "EndOfJob",
    }
    return {"OutputName": output, "AppManaged": False, "S3Output": target}
