"""SageMaker pipelines that are carried out, and jobs that are processes."""

from __future__ import annotations

import shutil
from pathlib import Path

from moto.sagemaker.models import sagemaker_backends

from local_cloud.context import Cloud
from local_cloud.sagemaker.backend import Backend
from local_cloud.sagemaker.errors import UnsupportedDefinition
from local_cloud.sagemaker.events import Publisher
from local_cloud.sagemaker.jobs.desk import FOLDER
from local_cloud.sagemaker.plan import make_plan

__all__ = ["UnsupportedDefinition", "check_definition", "install", "shutdown"]


def install(cloud: Cloud) -> None:
    """Put our back end in the place of moto's, and remove what jobs of an earlier life left."""
    shutil.rmtree(Path(cloud.state) / FOLDER, ignore_errors=True)
    Backend.cloud = cloud
    Backend.publisher = Publisher(cloud)
    sagemaker_backends.clear()
    sagemaker_backends.backend = Backend


def shutdown() -> None:
    """Stop executions and jobs, and wait for their processes."""
    for _account, _region, backend in list(sagemaker_backends.iter_backends()):
        backend.close()


def check_definition(body: str) -> None:
    """Raise `UnsupportedDefinition` with everything that cannot be carried out."""
    make_plan(body)
