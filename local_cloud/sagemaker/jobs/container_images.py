"""The container images that the laptop cloud can run, each as a module of this interpreter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# The framework images contain CPython with scikit-learn or XGBoost. This environment has both.
SUPPORTED_REPOSITORIES = frozenset({"sagemaker-scikit-learn", "sagemaker-xgboost"})
# Repository -> the module in `containers` that replaces the image's built-in algorithm.
_ALGORITHMS = {"sagemaker-xgboost": "xgboost_algorithm.training"}
# The module in `containers` that replaces the training toolkits of the framework images.
_TOOLKIT = "training_toolkit.entry_point"
# The hyperparameter with the name of the user's script.
SCRIPT = "sagemaker_program"
# Repository -> the module in `containers` that replaces the image's processing entry point.
_PROCESSORS = {
    "sagemaker-clarify-processing": "clarify_processing.analysis",
    "sagemaker-model-monitor-analyzer": "model_monitor_analyzer.analysis",
}
# The Spark image has packages of its own, and this program starts its jobs.
_SPARK_REPOSITORY, SPARK_SUBMIT = "sagemaker-spark-processing", "smspark-submit"
PROCESSING_REPOSITORIES = SUPPORTED_REPOSITORIES | {*_PROCESSORS, _SPARK_REPOSITORY}
CONTAINERS = Path(__file__).parents[1] / "containers"
# The metrics that the service reads from the logs of the built-in algorithm by default. Source:
# "Tune an XGBoost model", metrics computed by the algorithm.
ALGORITHM_METRICS = [
    {"Name": f"{channel}:{metric}", "Regex": rf"\[[0-9]+\].*#011{channel}-{metric}:(\S+)"}
    for channel in ("train", "validation")
    for metric in ("auc", "aucpr", "error", "logloss", "mae", "map", "merror", "mlogloss", "rmse")
]


def repository_of(image_uri: str) -> str:
    """Return the repository of an image URI: `name` for `host/name:tag` and `host/name@digest`."""
    return image_uri.rpartition("/")[2].partition("@")[0].partition(":")[0]


def version_of(image_uri: str) -> str:
    """Return the framework's version in an image's tag, such as `1.7`; empty if it has none."""
    found = re.match(r"\d+\.\d+", image_uri.rpartition("/")[2].partition(":")[2])
    return found[0] if found else ""


def training_command(
    repository: str, hyperparameters: Mapping[str, Any], *, version: str = ""
) -> list[str]:
    """Return the command of the image's training entry point; empty if there is no such command.

    It runs the script in the hyperparameters, or else the image's built-in algorithm, which depends
    on the version of the framework.
    """
    if SCRIPT in hyperparameters and repository in SUPPORTED_REPOSITORIES:
        return ["python3", str(CONTAINERS), _TOOLKIT]
    command = _command(_ALGORITHMS, repository)
    return [*command, version] if command else []


def metric_definitions(
    algorithm: Mapping[str, Any],
    hyperparameters: Mapping[str, Any] | None,
    *,
    is_own: bool = False,
) -> list[Mapping[str, str]]:
    """Return the metrics of a training job: those of its request, or of the built-in algorithm.

    `is_own`: the image has an entry point of the user instead of a built-in algorithm.
    """
    if is_own or "ContainerEntrypoint" in algorithm or SCRIPT in (hyperparameters or {}):
        return list(algorithm.get("MetricDefinitions") or [])
    return list(ALGORITHM_METRICS)


def processor_command(image_uri: str) -> list[str]:
    """Return the command of the image's processing entry point; empty if it has none."""
    return _command(_PROCESSORS, image_uri)


def is_spark(image_uri: Any) -> bool:
    """Whether it is SageMaker's Spark image."""
    return isinstance(image_uri, str) and repository_of(image_uri) == _SPARK_REPOSITORY


def spark_command(entrypoint: Sequence[str]) -> list[str]:
    """Return the command of a job in the Spark image, whose entry point is smspark-submit."""
    return ["python3", str(CONTAINERS), "spark_processing.submit", *entrypoint[1:]]


def _command(modules: Mapping[str, str], image_uri: str) -> list[str]:
    module = modules.get(repository_of(image_uri))
    return ["python3", str(CONTAINERS), module] if module else []
