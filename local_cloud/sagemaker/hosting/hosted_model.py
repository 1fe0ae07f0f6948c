"""The parts of a CreateModel request that hosting needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.archives import ArchiveRefused, unpack_tar
from local_cloud.authorization.authorizer import NotAuthorized
from local_cloud.context import Cloud
from local_cloud.sagemaker.hosting.host_responses import HostingFailed, ServiceFault
from local_cloud.sagemaker.jobs.built_images import base_repository, entrypoint_of
from local_cloud.sagemaker.jobs.container_images import SUPPORTED_REPOSITORIES
from local_cloud.sagemaker.jobs.s3_transfers import split_uri
from local_cloud.sagemaker.provisioning import Instances, provision
from local_cloud.sagemaker.role_session import SESSION, RoleSession
from local_cloud.transient_errors import is_transient

MODEL_FOLDER = "/opt/ml/model"
_SUBMIT_DIRECTORY = "SAGEMAKER_SUBMIT_DIRECTORY"
_PROGRAM = "SAGEMAKER_PROGRAM"
_SERVING_MODULE = "SAGEMAKER_SERVING_MODULE"
# Members for features that the laptop cloud does not support.
_EXTRAS = ("ImageConfig", "MultiModelConfig", "ModelDataSource", "AdditionalModelDataSources")


@dataclass(frozen=True)
class HostedModel:
    """One container with its model data, its role and its environment."""

    name: str
    role_arn: str
    image: str
    model_data_url: str
    environment: Mapping[str, str]
    has_network: bool
    network: Mapping[str, Any] | None = None

    @property
    def code_url(self) -> str | None:
        """The archive of the inference code in S3; None if the code is a part of the model."""
        directory = self.environment.get(_SUBMIT_DIRECTORY, "")
        return directory if _PROGRAM in self.environment and _is_in_s3(directory) else None

    @property
    def repository(self) -> str:
        """The repository in the image URI, or that of the base of a built image."""
        return base_repository(self.image)


def find_model(cloud: Cloud, name: str) -> HostedModel:
    """Return a model. Raises `HostingFailed`, for example for unsupported parts."""
    client = cloud.client("sagemaker")
    try:
        described = client.describe_model(ModelName=name)
    except ClientError as error:
        raise HostingFailed(error.response["Error"]["Message"]) from error
    container = _container(client, described)
    has_network = not described.get("EnableNetworkIsolation", False)
    findings = list(_findings(container, has_network=has_network))
    if findings:
        raise HostingFailed(f"The model {name} cannot be hosted here. {' '.join(findings)}")
    return HostedModel(
        name=name,
        role_arn=described["ExecutionRoleArn"],
        image=container["Image"],
        model_data_url=container["ModelDataUrl"],
        environment=container.get("Environment") or {},
        has_network=has_network,
        network=described.get("VpcConfig"),
    )


def provision_for(cloud: Cloud, model: HostedModel, *, log_group: str) -> None:
    """Check that the role may use the model's instances. Raises `HostingFailed`."""
    instances = Instances(
        region=cloud.region, image=model.image, log_group=log_group, network=model.network
    )
    try:
        provision(model.role_arn, SESSION, instances)
    except NotAuthorized as error:
        raise HostingFailed(f"The instances could not be provisioned: {error}") from error


def download(session: RoleSession, url: str) -> bytes:
    """Return a model.tar.gz, or the archive of its code, read with the model's role.

    Raises `HostingFailed`, or its subclass `ServiceFault` if S3 fails.
    """
    bucket, key = split_uri(url)
    try:
        answer = session.client("s3").get_object(Bucket=bucket, Key=key)
        content: bytes = answer["Body"].read()
    except (BotoCoreError, ClientError) as error:
        failure = ServiceFault if is_transient(error) else HostingFailed
        raise failure(
            f"Failed to download model data for container from URL {url}: {error}"
        ) from error
    return content


def write_archive(archive: bytes, folder: Path, url: str) -> None:
    """Unpack a model.tar.gz, or the archive of its code, into a folder.

    Raises `HostingFailed` if it is not a valid archive.
    """
    try:
        unpack_tar(archive, folder)
    except ArchiveRefused as error:
        raise HostingFailed(
            f"Failed to extract model data archive from URL {url}: {error}. Please ensure that it "
            "is a valid tar.gz archive."
        ) from error


def _container(client: Any, described: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the model's only container; the members of a model package are merged into it."""
    given = [described.get("PrimaryContainer"), *(described.get("Containers") or [])]
    containers = [entry for entry in given if entry]
    if len(containers) != 1:
        raise HostingFailed(
            f"The model {described['ModelName']} has {len(containers)} containers: inference "
            "pipelines are not hosted here; use one container."
        )
    (container,) = containers
    package = container.get("ModelPackageName")
    if not package:
        return dict(container)
    found = client.describe_model_package(ModelPackageName=package)
    (packaged, *_) = found["InferenceSpecification"]["Containers"]
    own = {**(packaged.get("Environment") or {}), **(container.get("Environment") or {})}
    return {**packaged, "Environment": own}


def _findings(container: Mapping[str, Any], *, has_network: bool) -> Iterator[str]:
    for member in _EXTRAS:
        if container.get(member):
            yield f"{member} is not supported here; leave it out."
    if container.get("Mode", "SingleModel") != "SingleModel":
        yield f"Mode {container['Mode']} is not supported here; use SingleModel."
    for member in ("Image", "ModelDataUrl"):
        if not container.get(member):
            yield f"{member} is missing."
    repository = base_repository(container.get("Image") or "")
    if entrypoint_of(container.get("Image") or ""):
        yield (
            "The image has an ENTRYPOINT, but a model is hosted here by the server of the base "
            "image: remove it from the Dockerfile."
        )
    if repository not in SUPPORTED_REPOSITORIES:
        known = ", ".join(sorted(SUPPORTED_REPOSITORIES))
        yield f"{repository!r} is not a supported image; use one of: {known}."
    environment = container.get("Environment") or {}
    yield from _program_findings(environment, repository, has_network=has_network)


def _program_findings(
    environment: Mapping[str, str], repository: str, *, has_network: bool
) -> Iterator[str]:
    if _PROGRAM not in environment:
        if repository != "sagemaker-xgboost" and _SERVING_MODULE not in environment:
            yield (
                f"Environment must name the inference code: in {_PROGRAM} a file with model_fn, "
                f"such as inference.py, or in {_SERVING_MODULE} a WSGI application, such as "
                "inference:app."
            )
        return
    directory = environment.get(_SUBMIT_DIRECTORY, "")
    if _is_in_s3(directory) and not has_network:
        yield (
            f"Environment.{_SUBMIT_DIRECTORY} {directory!r} cannot be read with network isolation: "
            f"put the code into the model, such as {MODEL_FOLDER}/code."
        )
    elif not _is_in_s3(directory) and not directory.startswith(MODEL_FOLDER):
        yield (
            f"Environment.{_SUBMIT_DIRECTORY} {environment.get(_SUBMIT_DIRECTORY)!r} must be a "
            f"folder of the model, such as {MODEL_FOLDER}/code, or the S3 URI of an archive."
        )


def _is_in_s3(directory: str) -> bool:
    return directory.startswith("s3://")
