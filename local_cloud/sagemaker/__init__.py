"""SageMaker on the laptop: pipelines run their steps, and jobs run as processes.

The commands also use this package. Modules that only the server needs are imported by `install`.
"""

from __future__ import annotations

from local_cloud.context import Cloud
from local_cloud.sagemaker.exceptions import UnsupportedDefinition
from local_cloud.sagemaker.pipelines.plan import make_plan

__all__ = ["UnsupportedDefinition", "check_definition", "flush", "install", "resume", "shutdown"]


def install(cloud: Cloud) -> None:
    """Replace moto's back end, and remove the folders of jobs of earlier servers."""
    from local_cloud.sagemaker.api.sagemaker_backend import replace_moto

    replace_moto(cloud)


def shutdown() -> None:
    """Stop executions and jobs and wait until their processes have ended."""
    from local_cloud.sagemaker.api.sagemaker_backend import close_all

    close_all()


def resume() -> list[str]:
    """Continue after a restart. Return the interrupted work, one line each."""
    from local_cloud.sagemaker.api.sagemaker_backend import resume_all

    return resume_all()


def flush() -> None:
    """Write the captured requests and metrics of endpoints, and the rows of feature groups."""
    from local_cloud.sagemaker.api.sagemaker_backend import flush_all

    flush_all()


def check_definition(body: str) -> None:
    """Raise `UnsupportedDefinition` with all errors and unsupported features of a definition."""
    make_plan(body)
