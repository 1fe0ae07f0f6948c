"""Compares a new model with the approved model on the same test rows."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_clients import client
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.model_packages import (
    ModelRefused,
    model_uri,
    read_model,
    usable_packages,
)

# The job's environment variable with the name of the model package group.
GROUP_VARIABLE = "MODEL_PACKAGE_GROUP"
# Metrics that are lower for a better model.
ERRORS = {"mae", "mse", "rmse", "relative_mae", "relative_rmse", "log_loss"}


@dataclass(frozen=True)
class Champion:
    """The newest usable version of a model package group, with its model.tar.gz."""

    arn: str
    archive: Path


def model_package_group() -> str:
    """Return the model package group of the job's environment; raises SettingError if missing."""
    group = os.environ.get(GROUP_VARIABLE)
    if not group:
        raise SettingError(
            f"the job's environment has no {GROUP_VARIABLE}: set it to the name of the model "
            "package group whose approved model is to be compared with"
        )
    return group


def find_champion(container: Container, folder: Path) -> Champion | None:
    """Return the champion of the model package group of the processing job's environment.

    The model is written into `folder`. Raises SettingError and DataError.
    """
    group, region = model_package_group(), container.region
    registry, storage = client("sagemaker", region), client("s3", region)
    return champion_of(group, registry=registry, storage=storage, folder=folder)


def champion_of(group: str, *, registry: Any, storage: Any, folder: Path) -> Champion | None:
    """Return the newest usable version of `group`, or None if no version is usable.

    `registry` and `storage` are clients of SageMaker and S3; the model is written to
    `folder/champion.tar.gz`. Raises DataError if its model.tar.gz cannot be read, or is not the
    one that was evaluated.
    """
    package = approved_package(group, registry=registry)
    if package is None:
        return None
    arn = package["ModelPackageArn"]
    archive = folder / "champion.tar.gz"
    try:
        with archive.open("wb") as file:
            read_model(package, storage, file.write)
    except ModelRefused as error:
        raise DataError(f"the approved model cannot be compared with: {error}") from error
    except ClientError as error:
        raise DataError(
            f"the approved model {arn} cannot be read from {model_uri(package)} ({error}): "
            "restore the object, or reject that version"
        ) from error
    return Champion(arn, archive)


def approved_package(group: str, *, registry: Any) -> dict[str, Any] | None:
    """Return the newest approved version that was not refused since, or None.

    It has the members of the response of DescribeModelPackage.
    """
    return next(usable_packages(registry, group), None)


def comparison(
    metric: str,
    *,
    candidate: float,
    champion: Champion | None,
    measure: Callable[[Path], Mapping[str, float]],
) -> dict[str, Any]:
    """The member `champion_comparison` of evaluation.json.

    `measure` returns the metrics of the model in a model.tar.gz, on the rows of the value
    `candidate`. `difference` is below 0 if the new model is worse: it is candidate - champion, or
    champion - candidate for an error. If no model is approved, `champion`, `champion_metrics` and
    `model_package_arn` are null and the difference is 0.0. Raises DataError if the champion cannot
    be measured.
    """
    metrics = None if champion is None else _measured(champion, measure)
    value = None if metrics is None else metrics[metric]
    difference = 0.0
    if value is not None:
        difference = value - candidate if metric in ERRORS else candidate - value
    return {
        "metric": metric,
        "candidate": candidate,
        "champion": value,
        "champion_metrics": metrics,
        "difference": difference,
        "model_package_arn": None if champion is None else champion.arn,
    }


def _measured(
    champion: Champion, measure: Callable[[Path], Mapping[str, float]]
) -> dict[str, float]:
    try:
        return dict(measure(champion.archive))
    except DataError as error:
        raise DataError(
            f"the approved model {champion.arn} cannot be measured: {error}; reject that version"
        ) from error
