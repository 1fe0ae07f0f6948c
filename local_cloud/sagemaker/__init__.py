"""SageMaker pipelines that are carried out, and jobs that are processes.

The commands use this package as well: what only the server needs is imported by `install`.
"""

from __future__ import annotations

from local_cloud.context import Cloud
from local_cloud.sagemaker.exceptions import UnsupportedDefinition
from local_cloud.sagemaker.pipelines.plan import make_plan

__all__ = ["UnsupportedDefinition", "check_definition", "install", "shutdown"]


def install(cloud: Cloud) -> None:
    """Put our back end in the place of moto's, and remove what jobs of an earlier life left."""
    from local_cloud.sagemaker.api.sagemaker_backend import replace_moto

    replace_moto(cloud)


def shutdown() -> None:
    """Stop executions and jobs, and wait for their processes."""
    from local_cloud.sagemaker.api.sagemaker_backend import close_all

    close_all()


def check_definition(body: str) -> None:
    """Raise `UnsupportedDefinition` with everything that cannot be carried out."""
    make_plan(body)
