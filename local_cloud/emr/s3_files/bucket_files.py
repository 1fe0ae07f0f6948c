"""The objects of a bucket as files and folders.

A folder exists while a key is below it, or after it was made by this job: S3 has no folders, and no
marker objects are written. A rename copies and deletes each object, as EMR's file system does:
https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-file-systems.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any

from botocore.exceptions import ClientError

from local_cloud.emr.s3_files.errors import (
    AlreadyExists,
    FileError,
    NotAllowed,
    NotFound,
)

_MISSING = ("404", "NoSuchKey", "NoSuchBucket")
_DENIED = ("403", "AccessDenied", "KMS.AccessDeniedException")
_NO_TIME = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class FileStatus:
    """A file (with its size in bytes) or a folder (None) in the folder that was listed."""

    name: str
    size: int | None = None
    modified: datetime = _NO_TIME


@dataclass(frozen=True)
class BucketFiles:
    """The files of `bucket`, read and written by `s3`, a client with the role of the job.

    Paths have no slash at either end; the root is empty. `made` are the folders that were made,
    which several threads change.
    """

    s3: Any
    bucket: str
    made: set[str] = field(default_factory=set)

    def status(self, path: str) -> FileStatus:
        """Return the status of a file or a folder. Raises NotFound."""
        if path:
            found = next((each for each in self._listed(path) if each["Key"] == path), None)
            if found:
                return FileStatus("", found["Size"], found["LastModified"])
        if self._is_folder(path):
            return FileStatus("")
        raise NotFound(f"No such file or directory: s3://{self.bucket}/{path}")

    def children(self, path: str) -> list[FileStatus]:
        """Return the files and folders of a folder, or the file itself. Raises NotFound."""
        found = self.status(path)
        if found.size is not None:
            return [found]
        prefix = f"{path}/" if path else ""
        files = list[FileStatus]()
        folders = {_first(each, prefix) for each in tuple(self.made) if each.startswith(prefix)}
        for page in self._pages(Prefix=prefix, Delimiter="/"):
            folders |= {_first(each["Prefix"], prefix) for each in page.get("CommonPrefixes", [])}
            files += [
                FileStatus(each["Key"].removeprefix(prefix), each["Size"], each["LastModified"])
                for each in page.get("Contents", [])
                if each["Key"] != prefix
            ]
        return sorted([*files, *map(FileStatus, folders - {""})], key=lambda each: each.name)

    def read(self, path: str, *, offset: int, length: int | None) -> bytes:
        """Return the bytes of a file from `offset`, at most `length`. Raises NotFound."""
        size = self.status(path).size
        if size is None:
            raise FileError(f"s3://{self.bucket}/{path} is a directory")
        end = size if length is None else min(size, offset + length)
        if offset >= end:
            return b""
        with _file_errors(path):
            answer = self.s3.get_object(
                Bucket=self.bucket, Key=path, Range=f"bytes={offset}-{end - 1}"
            )
            content: bytes = answer["Body"].read()
        return content

    def write(self, path: str, content: IO[bytes], *, overwrite: bool) -> None:
        """Write a file. Raises AlreadyExists."""
        if self._is_folder(path) or (not overwrite and self._has(path)):
            raise AlreadyExists(f"s3://{self.bucket}/{path} already exists")
        with _file_errors(path):
            self.s3.put_object(Bucket=self.bucket, Key=path, Body=content.read())

    def make_folder(self, path: str) -> None:
        """Make a folder. Raises AlreadyExists if it is a file."""
        if self._has(path) and not self._is_folder(path):
            raise AlreadyExists(f"s3://{self.bucket}/{path} is a file")
        self.made.add(path)

    def rename(self, source: str, target: str) -> bool:
        """Move a file or a folder, into `target` if that is a folder. False: not possible."""
        if not self._has(source) or target.startswith(f"{source}/"):
            return False
        if self._has(target):
            if not self._is_folder(target):
                return False
            target = f"{target}/{source.rpartition('/')[2]}"
        for key in self._keys(source):
            self._copy(key, target + key.removeprefix(source))
            self._remove(key)
        moved = self._made_in(source)
        self.made.difference_update(moved)
        self.made.update(target + each.removeprefix(source) for each in moved)
        return True

    def delete(self, path: str, *, recursive: bool) -> bool:
        """Delete a file or a folder. False: it does not exist. Raises FileError if it has files."""
        if not self._has(path):
            return False
        keys = self._keys(path)
        if keys and not recursive and path not in keys:
            raise FileError(f"s3://{self.bucket}/{path} is not empty")
        for key in keys:
            self._remove(key)
        self.made.difference_update(self._made_in(path))
        return True

    def _has(self, path: str) -> bool:
        try:
            self.status(path)
        except NotFound:
            return False
        return True

    def _is_folder(self, path: str) -> bool:
        return not path or bool(self._made_in(path) or self._listed(f"{path}/"))

    def _made_in(self, path: str) -> set[str]:
        """Return the folder and those below it, as far as they were made."""
        return {each for each in tuple(self.made) if f"{each}/".startswith(f"{path}/")}

    def _keys(self, path: str) -> list[str]:
        """Return the keys of a file, or of the files below a folder."""
        pages = self._pages(Prefix=path)
        found = [each["Key"] for page in pages for each in page.get("Contents", [])]
        return [key for key in found if key == path or key.startswith(f"{path}/")]

    def _listed(self, prefix: str) -> list[dict[str, Any]]:
        with _file_errors(prefix):
            answer = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix, MaxKeys=1)
        found: list[dict[str, Any]] = answer.get("Contents", [])
        return found

    def _pages(self, **request: str) -> Iterator[dict[str, Any]]:
        with _file_errors(request["Prefix"]):
            pages = self.s3.get_paginator("list_objects_v2")
            yield from pages.paginate(Bucket=self.bucket, **request)

    def _copy(self, source: str, target: str) -> None:
        place = {"Bucket": self.bucket, "Key": source}
        with _file_errors(target):
            self.s3.copy_object(Bucket=self.bucket, Key=target, CopySource=place)

    def _remove(self, key: str) -> None:
        with _file_errors(key):
            self.s3.delete_object(Bucket=self.bucket, Key=key)


def _first(path: str, prefix: str) -> str:
    return path.removeprefix(prefix).partition("/")[0]


@contextmanager
def _file_errors(path: str) -> Iterator[None]:
    """Raise the errors of S3 as those of files."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _MISSING:
            raise NotFound(f"{path}: {error}") from error
        if code in _DENIED:
            raise NotAllowed(f"{path}: {error}") from error
        raise FileError(f"{path}: {error}") from error
