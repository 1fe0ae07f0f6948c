"""CodeBuild of the laptop cloud: runs the commands of a build with the role of its project."""

from __future__ import annotations

from moto.codebuild.models import codebuild_backends

from local_cloud.codebuild.build_backend import BuildBackend
from local_cloud.context import Cloud

__all__ = ["BuildBackend", "install", "shutdown"]


def install(cloud: Cloud) -> None:
    """Replace moto's back end, whose builds run nothing."""
    shutdown()
    BuildBackend.cloud = cloud
    codebuild_backends.backend = BuildBackend
    codebuild_backends.clear()


def shutdown() -> None:
    """Stop the running builds, and wait until they have ended."""
    BuildBackend.stop_all()
