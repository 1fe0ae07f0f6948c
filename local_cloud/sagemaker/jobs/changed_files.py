"""Copies the files of a folder to S3 while a job runs: checkpoints, and outputs with Continuous."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from local_cloud.sagemaker.jobs.job_hosts import Host
from local_cloud.sagemaker.jobs.s3_transfers import upload

_Version = tuple[int, int]


class ChangedFiles:
    """The folder `path` of each host, and the prefix in S3 with its files."""

    def __init__(self, path: str, uri: str, client: Any, kms_key: str | None) -> None:
        self.path = path
        self.uri = uri.rstrip("/")
        self.client = client
        self._kms_key = kms_key
        self._copied: dict[Path, _Version] = {}

    def skip(self, host: Host) -> None:
        """Do not upload the files that the folder has now."""
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
            # A request has the length that the file has at its start, so the script must not write
            # to what is sent.
            with NamedTemporaryFile() as copied:
                shutil.copyfile(path, copied.name)
                upload(self.client, Path(copied.name), f"{self.uri}/{name}", self._kms_key)
        except FileNotFoundError:
            return  # The script has deleted or renamed it.
        self._copied[path] = version


def _version(path: Path) -> _Version:
    found = path.stat()
    return found.st_mtime_ns, found.st_size
