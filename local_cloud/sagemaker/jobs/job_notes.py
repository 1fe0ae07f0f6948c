"""The differences between a job here and on AWS: ignored members, and versions of packages."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from local_cloud.sagemaker.jobs.container_images import repository_of, version_of
from local_cloud.sagemaker.jobs.instance_types import has_gpu

Request = Mapping[str, Any]

# Members that have no effect here, because they do not change the results of a job.
IGNORED = (
    "DebugHookConfig",
    "DebugRuleConfigurations",
    "ExperimentConfig",
    "MlflowConfig",
    "ProfilerConfig",
    "ProfilerRuleConfigurations",
)
# The instances of a job are not kept for the next one.
_KEEP_ALIVE = "KeepAlivePeriodInSeconds"
# Repository -> its framework, and the installed distributions that contain the framework.
_FRAMEWORKS = {
    "sagemaker-scikit-learn": ("scikit-learn", ("scikit-learn",)),
    "sagemaker-xgboost": ("XGBoost", ("xgboost-cpu", "xgboost")),
}


def ignored_members(request: Request) -> tuple[str, ...]:
    """Return the members of a job's request that have no effect here."""
    kept = (request.get("ResourceConfig") or {}).get(_KEEP_ALIVE)
    names = [name for name in IGNORED if request.get(name)]
    return (*names, *([f"ResourceConfig.{_KEEP_ALIVE}"] if kept else []))


def notes_of(request: Request) -> Iterator[str]:
    """Yield one sentence for each difference between the job and the same job on AWS."""
    ignored = ignored_members(request)
    if ignored:
        yield f"{', '.join(ignored)} {'have' if len(ignored) > 1 else 'has'} no effect here."
    for resources in (
        (request.get("ProcessingResources") or {}).get("ClusterConfig", {}),
        request.get("ResourceConfig") or {},
    ):
        instance_type = resources.get("InstanceType", "")
        if has_gpu(instance_type):
            yield f"The GPUs of {instance_type} are not available: the job runs on this CPU."
    for member, name in (
        ("AppSpecification", "ImageUri"),
        ("AlgorithmSpecification", "TrainingImage"),
    ):
        image = request.get(member, {}).get(name)
        if isinstance(image, str):
            yield from _other_version(image)


def _other_version(image: str) -> Iterator[str]:
    repository, tag = repository_of(image), image.rpartition("/")[2].partition(":")[2]
    wanted = version_of(image)
    if repository not in _FRAMEWORKS or not wanted:
        return
    framework, distributions = _FRAMEWORKS[repository]
    installed = _version(distributions)
    if installed.split(".")[:2] != wanted.split("."):
        yield (
            f"The image {repository}:{tag} has {framework} {wanted}; the job runs with "
            f"{framework} {installed}, pandas {version('pandas')} and Python "
            f"{platform.python_version()}."
        )


def _version(distributions: tuple[str, ...]) -> str:
    for name in distributions:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    raise PackageNotFoundError(" or ".join(distributions))
