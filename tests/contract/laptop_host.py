"""A model in a host of the laptop cloud, without the other parts of the laptop cloud."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import Mock

from local_cloud.sagemaker.hosting.hosted_model import HostedModel
from local_cloud.sagemaker.hosting.model_host import ModelHost
from tests.contract.container import Image

REPOSITORIES = {"sklearn": "sagemaker-scikit-learn", "xgboost": "sagemaker-xgboost"}
START_SECONDS = 60


@contextmanager
def laptop_host(
    image: Image, model: Path, variables: Mapping[str, str], *, folder: Path
) -> Iterator[ModelHost]:
    """Start a host with network isolation; raises UnhealthyHost like the laptop cloud."""
    hosted = HostedModel(
        name="model",
        role_arn="",
        image=f"registry.example/{REPOSITORIES[image.name]}:tag",
        model_data_url="s3://models/model.tar.gz",
        environment=variables,
        has_network=False,
    )
    host = ModelHost(
        Mock(variables={}),
        hosted,
        archive=_packed(model),
        folder=folder / "host",
        socket=folder / "socket",
        log_group="group",
        log_stream="stream",
        environment={},
    )
    try:
        host.wait_until_healthy(deadline=time.monotonic() + START_SECONDS)
        yield host
    finally:
        host.close()


def _packed(model: Path) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as packed:
        packed.add(model, arcname=".")
    return content.getvalue()
