"""Downloads the objects of an input to the hosts of a job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from local_cloud.sagemaker.jobs.job_hosts import Host
from local_cloud.sagemaker.jobs.s3_transfers import S3Object, download, objects_of, shard


def fetch_s3(
    client: Any, *, uri: str, data_type: str, distribution: str, path: str, hosts: Sequence[Host]
) -> None:
    """Download an S3 input to `path` (under /opt/ml) of every host, sharded or replicated."""
    objects = objects_of(client, uri=uri, data_type=data_type)
    distribute(client, objects, distribution=distribution, path=path, hosts=hosts)


def distribute(
    client: Any, objects: Sequence[S3Object], *, distribution: str, path: str, hosts: Sequence[Host]
) -> None:
    """Download the objects that each host receives from the sorted objects."""
    for host in hosts:
        share = shard(objects, distribution=distribution, index=host.index, count=len(hosts))
        download(client, share, host.path(path))
