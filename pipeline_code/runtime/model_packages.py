"""Which registered versions may be used, and whether their models are the ones that were evaluated.

Jobs and functions apply the same rule: `lambda/shared/model_packages.py` is a link to this file.
It needs the standard library only; clients of AWS are passed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

# Properties of a version (CustomerMetadataProperties): the SHA-256 of the model.tar.gz that was
# evaluated, and why the endpoint or its deployer refused the version.
DIGEST, REFUSED = "model_sha256", "deployment_refused"
# A function verifies a model of this size in far less than its time limit.
MOST_BYTES = 1024**3
_CHUNK_BYTES = 1024**2

Package = dict[str, Any]


class ModelRefused(Exception):
    """A model is not the one that was registered; the message says how to go on."""


def usable_packages(registry: Any, group: str) -> Iterator[Package]:
    """Yield the usable versions of a group, the newest first, as DescribeModelPackage returns them.

    A version is usable if it is approved and has not been refused since. `registry` is a client of
    SageMaker.
    """
    pages = registry.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved",
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    for page in pages:
        for summary in page["ModelPackageSummaryList"]:
            package = registry.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
            if refusal(package) is None:
                yield package


def refusal(package: Package) -> str | None:
    """Return why a version was refused, or None. Rejecting the version removes the record."""
    reason: str | None = package.get("CustomerMetadataProperties", {}).get(REFUSED)
    return reason


def model_uri(package: Package) -> str:
    """Return the S3 URI of the model.tar.gz of a version.

    Raises:
        ModelRefused: the version does not have exactly one container with a model.tar.gz.
    """
    containers = package["InferenceSpecification"]["Containers"]
    uris = [container.get("ModelDataUrl") for container in containers]
    if len(uris) != 1 or not uris[0]:
        raise ModelRefused(
            f"{_name(package)} has the models {uris}, and its digest is that of one model.tar.gz: "
            "register a version with one container and its ModelDataUrl"
        )
    return str(uris[0])


def read_model(
    package: Package, storage: Any, write: Callable[[bytes], object] = lambda _: None
) -> None:
    """Read the model.tar.gz of a version in small parts, verify it, and pass each part to `write`.

    Parts are passed before the whole is verified: use them only after this function has returned.
    `storage` is a client of S3. A version without a digest, which an earlier release or another
    tool registered, is accepted if the object was not written after the version was registered.

    Raises:
        ModelRefused: the object is not the model that was evaluated, or it is too large.
    """
    uri = model_uri(package)
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    found = storage.get_object(Bucket=bucket, Key=key)
    if found["ContentLength"] > MOST_BYTES:
        raise ModelRefused(
            f"{uri} of {_name(package)} has {found['ContentLength']} bytes, at most {MOST_BYTES} "
            "can be verified: reject that version, and register a smaller model"
        )
    digest = hashlib.sha256()
    for part in found["Body"].iter_chunks(_CHUNK_BYTES):
        digest.update(part)
        write(part)
    expected = package.get("CustomerMetadataProperties", {}).get(DIGEST)
    if expected is None:
        _require_unchanged(package, uri, found["LastModified"])
    elif digest.hexdigest() != expected:
        raise ModelRefused(
            f"{uri} has the SHA-256 {digest.hexdigest()}, but {_name(package)} was evaluated with "
            f"{expected}: restore the object, or reject that version"
        )


def _require_unchanged(package: Package, uri: str, written: Any) -> None:
    """Only S3 sets the time of an object, so a later replacement is detected."""
    if written > package["CreationTime"]:
        raise ModelRefused(
            f"{uri} was written at {written.isoformat()}, after {_name(package)} was registered "
            f"without a digest at {package['CreationTime'].isoformat()}: restore the object, or "
            "reject that version"
        )


def _name(package: Package) -> str:
    return str(package["ModelPackageArn"])
