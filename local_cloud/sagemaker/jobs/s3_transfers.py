"""Downloads and uploads of a job's files with the role of the job."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.sagemaker.exceptions import JobFailed
from local_cloud.transient_errors import is_transient

_TRANSFERS = 4


@dataclass(frozen=True)
class S3Object:
    """An object and its relative path on a host."""

    bucket: str
    key: str
    relative_path: str


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of `s3://bucket/key`."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def objects_of(client: Any, *, uri: str, data_type: str) -> list[S3Object]:
    """Return the objects of an `S3Prefix` or `ManifestFile`, sorted by their path on the host.

    Raises `JobFailed` if there are no objects, access is denied, or a key is not a valid path.
    """
    bucket, key = split_uri(uri)
    try:
        found = _MANIFEST_OR_PREFIX[data_type](client, bucket, key)
    except (BotoCoreError, ClientError) as error:
        raise _not_moved(f"Data download failed: S3 URI {uri}", error) from error
    if not found:
        raise JobFailed(
            f'ClientError: Data download failed: No S3 objects found under S3 URL "{uri}" given in '
            "input data source. Please ensure that the bucket exists, that objects exist under "
            "that S3 prefix, and that the job's role has s3:ListBucket permissions on it."
        )
    for s3_object in found:
        _check_path(s3_object)
    return sorted(found, key=lambda s3_object: s3_object.relative_path)


def shard(objects: Sequence[S3Object], *, distribution: str, index: int, count: int) -> list[Any]:
    """Return the objects of the host with the number `index` (of `count`), from sorted objects."""
    return list(objects[index::count] if distribution == "ShardedByS3Key" else objects)


def download(client: Any, objects: Sequence[S3Object], folder: Path) -> None:
    """Download the objects to the folder. Raises `JobFailed` if an object cannot be read."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with ThreadPoolExecutor(_TRANSFERS) as pool:
            list(pool.map(lambda one: _download(client, one, folder / one.relative_path), objects))
    # A key may be an invalid path: a name is too long, or a file is also a folder.
    except (BotoCoreError, ClientError, OSError, ValueError) as error:
        raise _not_moved("Data download failed", error) from error


def upload_folder(client: Any, folder: Path, uri: str, kms_key: str | None) -> None:
    """Upload all files of the folder to the prefix. Raises `JobFailed` if S3 rejects a file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    base = uri.rstrip("/")
    with ThreadPoolExecutor(_TRANSFERS) as pool:
        uploads = [
            pool.submit(
                upload, client, file, f"{base}/{file.relative_to(folder).as_posix()}", kms_key
            )
            for file in files
        ]
    for one in uploads:
        one.result()


def upload(client: Any, path: Path, uri: str, kms_key: str | None) -> None:
    """Upload one file, encrypted with the key, if any."""
    bucket, key = split_uri(uri)
    options = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
    try:
        with path.open("rb") as body:
            client.put_object(Bucket=bucket, Key=key, Body=body, **options)
    except (BotoCoreError, ClientError) as error:
        raise _not_moved(f"Data upload failed to {uri}", error) from error


def _not_moved(what: str, error: Exception) -> JobFailed:
    """Return the failure. For an error of S3, the prefix is one that retry policies retry."""
    prefix = "InternalServerError" if is_transient(error) else "ClientError"
    return JobFailed(f"{prefix}: {what}: {error}")


def _check_path(s3_object: S3Object) -> None:
    """Raise `JobFailed` if the file of a key would be outside of the folder of the input."""
    path = PurePosixPath(s3_object.relative_path)
    if path.is_absolute() or ".." in path.parts:
        raise JobFailed(
            f"ClientError: Data download failed: the key {s3_object.key[:200]!r} in bucket "
            f"{s3_object.bucket} would be outside of the input's folder, at {str(path)[:200]!r}: "
            "rename the object, or use another prefix."
        )


def _download(client: Any, s3_object: S3Object, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    answer = client.get_object(Bucket=s3_object.bucket, Key=s3_object.key)
    with target.open("wb") as file:
        shutil.copyfileobj(answer["Body"], file)


def under_prefix(client: Any, bucket: str, prefix: str) -> list[S3Object]:
    """Return the objects under a prefix, in S3's order; there may be none."""
    keys = [key for key in _keys(client, bucket, prefix) if not key.endswith("/")]
    return [S3Object(bucket, key, _relative(key, prefix)) for key in keys]


def _keys(client: Any, bucket: str, prefix: str) -> Iterator[str]:
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            yield entry["Key"]


def _relative(key: str, prefix: str) -> str:
    """Return the path below the prefix, or below its last folder if it ends inside a name."""
    rest = key.removeprefix(prefix)
    if prefix.endswith("/") or not prefix or rest.startswith("/"):
        return rest.lstrip("/")
    return key[prefix.rfind("/") + 1 :]


def _in_manifest(client: Any, bucket: str, key: str) -> list[S3Object]:
    body = client.get_object(Bucket=bucket, Key=key)["Body"]
    try:
        head, *names = json.load(body)
        base_bucket, base = split_uri(head["prefix"])
        return [S3Object(base_bucket, base + name, name) for name in names]
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise JobFailed(
            f"ClientError: Data download failed: s3://{bucket}/{key} is not a manifest "
            f'({error}): must be [{{"prefix": "s3://bucket/prefix/"}}, "name", …].'
        ) from error


_MANIFEST_OR_PREFIX = {"S3Prefix": under_prefix, "ManifestFile": _in_manifest}
