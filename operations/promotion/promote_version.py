"""Copies a version with its digest, metrics and lineage; it waits for approval in the target."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.lake import lake_bucket
from operations.models.packages import PENDING, ModelPackage, packages_of
from operations.promotion.file_copies import FileCopy, copies_of, replaced
from operations.promotion.source_version import Package, read_verified, read_version
from pipeline_code.runtime.model_packages import DIGEST, model_uri

# The property of a promoted version with the ARN of the version from which it was copied.
ORIGIN = "promoted_from"
# The members of a version that describe its model. Its status and its decisions stay behind.
_COPIED = (
    *("CustomerMetadataProperties", "Domain", "DriftCheckBaselines", "InferenceSpecification"),
    *("ModelMetrics", "ModelPackageDescription", "Task"),
)
# The ETag of the object in the other bucket.
_LEFT_OUT = ("ModelDataETag",)
_PART_BYTES = 1024**2


@dataclass(frozen=True)
class Promoted:
    """A version of the target and its origin; `is_new` is false if it was promoted before."""

    arn: str
    origin: str
    digest: str
    status: str
    is_new: bool
    files: int


def promote_version(
    source: EnvironmentClients, target: EnvironmentClients, pipeline: str, version: int
) -> Promoted:
    """Copy a version between environments, with clients that have their promotion roles.

    A version is copied once: further calls return the version that the first call has registered.

    Raises:
        OperationError: the version may not be promoted, or its model is not the one that was
            evaluated. Nothing is registered then.
    """
    origin = _arn(source, pipeline, version)
    package = read_version(source, origin)
    digest = package["CustomerMetadataProperties"][DIGEST]
    existing = packages_of(target.clients("sagemaker"), f"{target.prefix}{pipeline}")
    if known := _promoted_before(target, existing, origin):
        return Promoted(known.arn, origin, digest, known.status, is_new=False, files=0)
    copies = copies_of(
        [package[name] for name in _COPIED if name in package],
        pipeline=pipeline,
        bucket=lake_bucket(target),
    )
    request = _request(package, pipeline, source, target, copies)
    _copy_files(package, copies, source.clients("s3"), target.clients("s3"))
    # The bytes in the lake of the target, as its registry will describe them.
    with TemporaryFile() as file:
        copied = {**request, "ModelPackageArn": f"the copy of {origin}"}
        read_verified(copied, target.clients("s3"), file)
    arn = _register(target, request, origin)
    return Promoted(arn, origin, digest, PENDING, is_new=True, files=len(copies))


def _arn(source: EnvironmentClients, pipeline: str, version: int) -> str:
    account = source.clients("sts").get_caller_identity()["Account"]
    group = f"{source.prefix}{pipeline}"
    return f"arn:aws:sagemaker:{source.region}:{account}:model-package/{group}/{version}"


def _promoted_before(
    target: EnvironmentClients, existing: list[ModelPackage], origin: str
) -> ModelPackage | None:
    """Return the version that was copied from `origin`, if any."""
    return next((each for each in existing if _origin(target, each.arn) == origin), None)


def _origin(target: EnvironmentClients, arn: str) -> str | None:
    """Return from which version a version was copied; None if from none."""
    found = target.clients("sagemaker").describe_model_package(ModelPackageName=arn)
    origin: str | None = found.get("CustomerMetadataProperties", {}).get(ORIGIN)
    return origin


def _register(target: EnvironmentClients, request: dict[str, Any], origin: str) -> str:
    """Register a version and return its ARN, after the registry has confirmed it.

    Two promotions at the same time have the same token and register one version. SageMaker answers
    a known token with the ARN of the first request, also if that version was deleted since: the
    second token is new.
    """
    group = request["ModelPackageGroupName"]
    once = hashlib.sha256(f"{origin} {group}".encode()).hexdigest()[:36]
    sagemaker = target.clients("sagemaker")
    arn = ""
    for token in (once, str(uuid4())):
        arn = str(sagemaker.create_model_package(**request, ClientToken=token)["ModelPackageArn"])
        if _is_copy(target, arn, group, origin):
            return arn
    raise OperationError(
        f"SageMaker answered CreateModelPackage with {arn}, which is not a copy of {origin} in "
        f"{group}: the version may have been deleted at the same time; promote it again"
    )


def _is_copy(target: EnvironmentClients, arn: str, group: str, origin: str) -> bool:
    if f":model-package/{group}/" not in arn:
        return False
    try:
        return _origin(target, arn) == origin
    except ClientError:  # A deleted version does not exist.
        return False


def _request(
    package: Package,
    pipeline: str,
    source: EnvironmentClients,
    target: EnvironmentClients,
    copies: list[FileCopy],
) -> dict[str, Any]:
    """Return the request of CreateModelPackage for the copy of a version."""
    group, origin = f"{target.prefix}{pipeline}", package["ModelPackageArn"]
    texts = {each.uri: each.target_uri for each in copies}
    # Containers know the name of their pipeline.
    texts[f"{source.prefix}{pipeline}"] = group
    members = replaced({name: package[name] for name in _COPIED if name in package}, texts)
    members["CustomerMetadataProperties"][ORIGIN] = origin
    for container in members["InferenceSpecification"]["Containers"]:
        for name in _LEFT_OUT:
            container.pop(name, None)
    if "ModelCard" in package:
        members["ModelCard"] = _card(package["ModelCard"], texts)
    return {
        **members,
        "ModelPackageGroupName": group,
        "ModelApprovalStatus": PENDING,
    }


def _card(card: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
    """Return the model card with the URIs of the copies; its review is repeated, like approval."""
    content = replaced(json.loads(card["ModelCardContent"]), texts)
    return {"ModelCardContent": json.dumps(content), "ModelCardStatus": "PendingReview"}


def _copy_files(package: Package, copies: list[FileCopy], read: Any, write: Any) -> None:
    """Copy the model, if it is the one that was evaluated, and then the other files."""
    model = model_uri(dict(package))
    for each in sorted(copies, key=lambda copy: copy.uri != model):
        with TemporaryFile() as file:
            if each.uri == model:
                read_verified(package, read, file)
            else:
                _download(each.bucket, each.key, read, file)
            _upload(each, write, file)


def _download(bucket: str, key: str, storage: Any, file: IO[bytes]) -> None:
    try:
        body = storage.get_object(Bucket=bucket, Key=key)["Body"]
    except ClientError as error:
        raise OperationError(
            f"nothing was promoted: s3://{bucket}/{key} cannot be read: "
            f"{error.response['Error']['Message']}"
        ) from error
    for part in body.iter_chunks(_PART_BYTES):
        file.write(part)


def _upload(copy: FileCopy, storage: Any, file: IO[bytes]) -> None:
    """Upload a file in one request; S3 rejects it if the bytes changed on the way.

    An object of an earlier promotion is never overwritten: it must have the same bytes.
    """
    digest = _sha256(file)
    place = {"Bucket": copy.target_bucket, "Key": copy.target_key}
    checksum = base64.b64encode(digest).decode()
    file.seek(0)
    try:
        storage.put_object(**place, Body=file, ChecksumSHA256=checksum, IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise OperationError(
                f"nothing was promoted: {copy.target_uri} cannot be written: "
                f"{error.response['Error']['Message']}"
            ) from error
        _require_same(copy, storage, digest)


def _require_same(copy: FileCopy, storage: Any, digest: bytes) -> None:
    with TemporaryFile() as file:
        _download(copy.target_bucket, copy.target_key, storage, file)
        if _sha256(file) != digest:
            raise OperationError(
                f"nothing was promoted: {copy.target_uri} exists and differs from {copy.uri}, "
                "and promoted files are never overwritten: restore the file in the source, or "
                "promote a version of another execution"
            )


def _sha256(file: IO[bytes]) -> bytes:
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(_PART_BYTES):
        digest.update(part)
    return digest.digest()
