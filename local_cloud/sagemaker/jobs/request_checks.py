"""Checks the requests of jobs. An unsupported member raises an error with its name.

The same checks apply to boto3 requests and to the arguments of pipeline steps. An argument of a
step may be an expression ({"Get": …}), which is checked when the step runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.sagemaker.jobs.built_images import base_repository, built_image, entrypoint_of
from local_cloud.sagemaker.jobs.container_images import (
    PROCESSING_REPOSITORIES,
    SCRIPT,
    SPARK_SUBMIT,
    SUPPORTED_REPOSITORIES,
    is_spark,
    processor_command,
    repository_of,
    training_command,
)
from local_cloud.sagemaker.jobs.instance_types import MEMORY_BYTES, suggestion
from local_cloud.sagemaker.jobs.transform import transform_checks as transform_rules

Request = Mapping[str, Any]

# Members for features that the laptop cloud does not support.
_TRAINING_EXTRAS = (
    "TensorBoardOutputConfig",
    "RemoteDebugConfig",
    "SessionChainingConfig",
    "ServerlessJobConfig",
    "ModelPackageConfig",
)
_RESOURCE_EXTRAS = (
    "InstanceGroups",
    "TrainingPlanArn",
    "InstancePlacementConfig",
    "InstancePreferences",
)
# A job sees the same files in both modes.
_INPUT_MODES = ("File", "FastFile")
_DIRECTORY = "sagemaker_submit_directory"
_DISTRIBUTED = ("sagemaker_mpi_enabled", "sagemaker_parameter_server_enabled")
_PROCESSING_ROOT = "/opt/ml/processing/"


def processing_findings(request: Request) -> list[str]:
    """Return one sentence for each unsupported part of a CreateProcessingJob request."""
    return list(_processing(request))


def training_findings(request: Request) -> list[str]:
    """Return one sentence for each unsupported part of a CreateTrainingJob request."""
    return list(_training(request))


def transform_findings(request: Request) -> list[str]:
    """Return one sentence for each unsupported part of a CreateTransformJob request."""
    return [
        *_transform(request),
        *transform_rules.of_payload(request),
        *transform_rules.of_data_processing(request),
    ]


def _transform(request: Request) -> Iterator[str]:
    yield from absent(request, ("DataCaptureConfig",), "CreateTransformJob")
    resources = request.get("TransformResources", {})
    yield from _instance(resources.get("InstanceType"), "TransformResources.InstanceType")
    yield from absent(resources, ("TransformAmiVersion",), "TransformResources")
    source = request.get("TransformInput", {})
    yield from only(source, "SplitType", ("None", "Line"), "TransformInput")
    location = source.get("DataSource", {}).get("S3DataSource", {})
    kinds = ("S3Prefix", "ManifestFile")
    yield from only(location, "S3DataType", kinds, "TransformInput.S3DataSource")


def _processing(request: Request) -> Iterator[str]:
    application = request.get("AppSpecification", {})
    yield from _processor(application)
    cluster = request.get("ProcessingResources", {}).get("ClusterConfig", {})
    yield from _instance(cluster.get("InstanceType"), "ClusterConfig.InstanceType")
    yield from absent(cluster, ("InstancePreferences",), "ClusterConfig")
    shared = is_spark(application.get("ImageUri")) and cluster.get("InstanceCount") != 1
    for entry in request.get("ProcessingInputs", []):
        if shared:
            yield from _replicated(entry, f"ProcessingInputs[{entry.get('InputName')}]")
        yield from _processing_input(entry, f"ProcessingInputs[{entry.get('InputName')}]")
    for entry in request.get("ProcessingOutputConfig", {}).get("Outputs", []):
        yield from _processing_output(entry, f"Outputs[{entry.get('OutputName')}]")


def _processor(application: Request) -> Iterator[str]:
    """Check the image and the command. An image with its own entry point accepts no command."""
    image, where = application.get("ImageUri"), "AppSpecification"
    yield from _image(image, f"{where}.ImageUri", known=PROCESSING_REPOSITORIES)
    if is_spark(image):
        yield from _spark_command(application)
    elif isinstance(image, str) and processor_command(image):
        names = ("ContainerEntrypoint", "ContainerArguments")
        yield from absent(application, names, f"{where} of {repository_of(image)}")
    elif isinstance(image, str) and not entrypoint_of(image):
        yield from _entrypoint(application, where)


def _spark_command(application: Request) -> Iterator[str]:
    """Check that the job is started by smspark-submit."""
    entrypoint = application.get("ContainerEntrypoint") or [SPARK_SUBMIT]
    if entrypoint[0] != SPARK_SUBMIT:
        yield (
            f"AppSpecification.ContainerEntrypoint {entrypoint[0]!r} is not supported here for the "
            f"Spark image; use {SPARK_SUBMIT} with the application and its options."
        )


def _replicated(entry: Request, where: str) -> Iterator[str]:
    """Check that the first host, which runs Spark here, has all files of an input."""
    for source, member in (
        (entry.get("S3Input"), "S3DataDistributionType"),
        (entry.get("DatasetDefinition"), "DataDistributionType"),
    ):
        yield from only(source or {}, member, ("FullyReplicated",), f"{where} of a Spark job")


_QUERIES = ("AthenaDatasetDefinition", "RedshiftDatasetDefinition")
_ATHENA_FORMATS = ("PARQUET", "ORC", "JSON", "TEXTFILE")


def _processing_input(entry: Request, where: str) -> Iterator[str]:
    yield from only(entry, "AppManaged", (False,), where)
    sources = [name for name in ("S3Input", "DatasetDefinition") if entry.get(name)]
    if len(sources) != 1:
        yield f"{where} must have exactly one of S3Input and DatasetDefinition, not {sources}."
    source = entry.get("S3Input") or entry.get("DatasetDefinition") or {}
    yield from _local_path(source, where)
    yield from only(source, "S3InputMode", ("File",), where)
    yield from only(source, "InputMode", ("File",), where)
    if source.get("S3CompressionType") == "Gzip":
        yield f"{where}.S3CompressionType Gzip can only be used with S3InputMode Pipe."
    queries = [name for name in _QUERIES if source.get(name)]
    if "DatasetDefinition" in entry and len(queries) != 1:
        yield f"{where}.DatasetDefinition must have exactly one of {' and '.join(_QUERIES)}."
    if athena := source.get("AthenaDatasetDefinition"):
        yield from only(athena, "OutputFormat", _ATHENA_FORMATS, f"{where}.AthenaDatasetDefinition")


def _processing_output(entry: Request, where: str) -> Iterator[str]:
    yield from only(entry, "AppManaged", (False,), where)
    yield from absent(entry, ("FeatureStoreOutput",), where)
    if not entry.get("S3Output"):
        yield f"{where} must have an S3Output."
        return
    yield from _local_path(entry["S3Output"], where)


def _training(request: Request) -> Iterator[str]:
    algorithm = request.get("AlgorithmSpecification", {})
    yield from absent(algorithm, ("AlgorithmName",), "AlgorithmSpecification")
    yield from _image(algorithm.get("TrainingImage"), "AlgorithmSpecification.TrainingImage")
    yield from _command(algorithm, request.get("HyperParameters") or {})
    yield from only(algorithm, "TrainingInputMode", _INPUT_MODES, "AlgorithmSpecification")
    yield from _spot(request)
    yield from absent(request, _TRAINING_EXTRAS, "CreateTrainingJob")
    resources = request.get("ResourceConfig", {})
    yield from _instance(resources.get("InstanceType"), "ResourceConfig.InstanceType")
    yield from absent(resources, _RESOURCE_EXTRAS, "ResourceConfig")
    for channel in request.get("InputDataConfig", []):
        yield from _channel(channel, f"InputDataConfig[{channel.get('ChannelName')}]")


def _spot(request: Request) -> Iterator[str]:
    """Check that a job on spot instances, and no other job, has a time to wait for them."""
    condition = request.get("StoppingCondition") or {}
    wait, runtime = (condition.get(f"Max{name}InSeconds") for name in ("WaitTime", "Runtime"))
    if not request.get("EnableManagedSpotTraining"):
        yield from absent(condition, ("MaxWaitTimeInSeconds",), "StoppingCondition without spot")
    elif wait is None:
        yield "StoppingCondition.MaxWaitTimeInSeconds is missing, which spot training needs."
    elif isinstance(wait, int) and isinstance(runtime, int) and wait < runtime:
        yield (
            f"StoppingCondition.MaxWaitTimeInSeconds {wait} must not be less than "
            f"MaxRuntimeInSeconds {runtime}."
        )


def _command(algorithm: Request, hyperparameters: Request) -> Iterator[str]:
    """Check a request without an entry point, which runs a script or the built-in algorithm."""
    if algorithm.get("ContainerEntrypoint"):
        return
    image, where = algorithm.get("TrainingImage"), "AlgorithmSpecification"
    yield from absent(algorithm, ("ContainerArguments",), f"{where} without ContainerEntrypoint")
    if isinstance(image, str) and entrypoint_of(image):
        return
    if isinstance(image, str) and not training_command(base_repository(image), hyperparameters):
        yield from _entrypoint(algorithm, where)
    if SCRIPT in hyperparameters:
        yield from _script(hyperparameters)
    else:
        names = ("MetricDefinitions",)
        yield from absent(algorithm, names, f"{where} of a built-in algorithm")


def _script(hyperparameters: Request) -> Iterator[str]:
    """Check the hyperparameters of a script: its archive, and no distributed training."""
    directory = hyperparameters.get(_DIRECTORY, "")
    if isinstance(directory, str) and not directory.strip('"').startswith("s3://"):
        yield f"HyperParameters.{_DIRECTORY} {directory!r} must be the S3 URI of an archive."
    for name in _DISTRIBUTED:
        if str(hyperparameters.get(name, "false")).lower() != "false":
            yield f"HyperParameters.{name} is not supported here; leave it out."


def _channel(channel: Request, where: str) -> Iterator[str]:
    yield from only(channel, "InputMode", _INPUT_MODES, where)
    yield from only(channel, "RecordWrapperType", ("None",), where)
    yield from absent(channel, ("ShuffleConfig",), where)
    if channel.get("CompressionType") == "Gzip":
        yield f"{where}.CompressionType Gzip can only be used with input mode Pipe."
    source = channel.get("DataSource", {})
    yield from absent(source, ("FileSystemDataSource", "DatasetSource"), where)
    if not source.get("S3DataSource"):
        yield f"{where}.DataSource must have an S3DataSource."
        return
    yield from only(source["S3DataSource"], "S3DataType", ("S3Prefix", "ManifestFile"), where)
    extras = ("InstanceGroupNames", "ModelAccessConfig", "HubAccessConfig", "AttributeNames")
    yield from absent(source["S3DataSource"], extras, where)


def _image(
    uri: Any, where: str, *, known: frozenset[str] = SUPPORTED_REPOSITORIES
) -> Iterator[str]:
    if isinstance(uri, str) and repository_of(uri) not in known and built_image(uri) is None:
        names = ", ".join(sorted(known))
        yield f"{where} {repository_of(uri)!r} is not a supported image; use one of: {names}."


def _entrypoint(specification: Request, where: str) -> Iterator[str]:
    if not specification.get("ContainerEntrypoint"):
        yield (
            f"{where}.ContainerEntrypoint is missing: the laptop cloud does not have the "
            "entry points of the images. "
            'Set the command, for example ["python3", "/opt/ml/processing/input/code/run.py"].'
        )


def _instance(instance_type: Any, where: str) -> Iterator[str]:
    if isinstance(instance_type, str) and instance_type not in MEMORY_BYTES:
        yield f"{where} {instance_type!r} is not supported here: {suggestion(instance_type)}."


def _local_path(source: Request, where: str) -> Iterator[str]:
    path = source.get("LocalPath", "")
    if isinstance(path, str) and not _is_below(path, _PROCESSING_ROOT):
        yield f"{where}.LocalPath {path!r} must begin with {_PROCESSING_ROOT} and have no '..'."


def _is_below(path: str, root: str) -> bool:
    return path.startswith(root) and ".." not in path.split("/")


def only(source: Request, member: str, allowed: tuple[Any, ...], where: str) -> Iterator[str]:
    """Yield a sentence if the value is not allowed. The first allowed value is the default."""
    value = source.get(member, allowed[0])
    if not isinstance(value, dict) and value not in allowed:
        names = " or ".join(map(str, allowed))
        yield f"{where}.{member} {value} is not supported here; use {names}."


def absent(source: Request, members: tuple[str, ...], where: str) -> Iterator[str]:
    """Yield a sentence for each member that has a value."""
    for member in members:
        if source.get(member):
            yield f"{where}.{member} is not supported here; leave it out."
