"""Copies the checkpoints of a training job to S3 while it runs, and back when it starts.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from local_cloud.sagemaker.jobs.changed_files import ChangedFiles
from local_cloud.sagemaker.jobs.job_hosts import Host
from local_cloud.sagemaker.jobs.s3_transfers import download, split_uri, under_prefix

_DEFAULT_FOLDER = "/opt/ml/checkpoints"


class CheckpointCopies(ChangedFiles):
    """The objects of a CheckpointConfig and the folder of each host."""

    def __init__(self, config: Mapping[str, Any], client: Any, kms_key: str | None) -> None:
        super().__init__(config.get("LocalPath", _DEFAULT_FOLDER), config["S3Uri"], client, kms_key)

    def fetch(self, hosts: Sequence[Host]) -> None:
        """Download the objects to every host. Raises `JobFailed`."""
        bucket, prefix = split_uri(self.uri)
        objects = under_prefix(self.client, bucket, f"{prefix}/")
        for host in hosts:
            host.path(self.path).mkdir(parents=True, exist_ok=True)
            download(self.client, objects, host.path(self.path))
            self.skip(host)
