"""Copies the checkpoints of a training job to S3 while it runs, and back when it starts.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from local_cloud.sagemaker.jobs.job_hosts import Host
from local_cloud.sagemaker.jobs.s3_transfers import download, split_uri, under_prefix, upload

_DEFAULT_FOLDER = "/opt/ml/checkpoints"
_Version = tuple[int, int]


class CheckpointCopies:
    """The objects of a CheckpointConfig and the folder of each host."""

    def __init__(self, config: Mapping[str, Any], client: Any, kms_key: str | None) -> None:
        self.path: str = config.get("LocalPath", _DEFAULT_FOLDER)
        self._uri: str = config["S3Uri"].rstrip("/")
        self._client = client
        self._kms_key = kms_key
        self._copied: dict[Path, _Version] = {}

    def fetch(self, hosts: Sequence[Host]) -> None:
        """Download the objects to every host. Raises `JobFailed`."""
        bucket, prefix = split_uri(self._uri)
        objects = under_prefix(self._client, bucket, f"{prefix}/")
        for host in hosts:
            host.path(self.path).mkdir(parents=True, exist_ok=True)
            download(self._client, objects, host.path(self.path))
            self._copied |= {path: _version(path) for path in self._files(host)}

    def copy(self, hosts: Sequence[Host]) -> None:
        """Upload the files that are new or changed. Raises `JobFailed`."""
        for host in hosts:
            for path in self._files(host):
                self._upload(path, host)

    def _files(self, host: Host) -> list[Path]:
        return sorted(path for path in host.path(self.path).rglob("*") if path.is_file())

    def _upload(self, path: Path, host: Host) -> None:
        try:
            version = _version(path)
            if self._copied.get(path) == version:
                return
            name = path.relative_to(host.path(self.path)).as_posix()
            upload(self._client, path, f"{self._uri}/{name}", self._kms_key)
        except FileNotFoundError:
            return  # The script has deleted or renamed it.
        self._copied[path] = version


def _version(path: Path) -> _Version:
    found = path.stat()
    return found.st_mtime_ns, found.st_size
