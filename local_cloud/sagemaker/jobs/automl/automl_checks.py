"""Checks the requests of AutoML jobs. An unsupported member raises an error with its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.sagemaker.jobs.request_checks import absent, only

Request = Mapping[str, Any]

# The objectives of the search (`SCORERS` in the container's search.py).
OBJECTIVES = ("MSE", "RMSE", "MAE", "R2", "F1", "F1macro", "Accuracy", "BalancedAccuracy", "AUC")
CONTENT_TYPES = ("text/csv;header=present", "text/csv;header=absent")


def automl_findings(request: Request) -> list[str]:
    """Return one sentence for each unsupported part of a CreateAutoMLJob request."""
    return list(_automl(request))


def _automl(request: Request) -> Iterator[str]:
    yield from absent(
        request, ("ModelDeployConfig", "GenerateCandidateDefinitionsOnly"), "CreateAutoMLJob"
    )
    config = request.get("AutoMLJobConfig") or {}
    if config.get("Mode") != "ENSEMBLING":
        yield "AutoMLJobConfig.Mode must be ENSEMBLING, as in steps of pipelines."
    yield from absent(config, ("CandidateGenerationConfig",), "AutoMLJobConfig")
    objective = (request.get("AutoMLJobObjective") or {}).get("MetricName", OBJECTIVES[0])
    yield from only({"MetricName": objective}, "MetricName", OBJECTIVES, "AutoMLJobObjective")
    if request.get("AutoMLJobObjective") and not request.get("ProblemType"):
        yield "AutoMLJobObjective needs a ProblemType; set both, or none of them."
    channels = request.get("InputDataConfig") or []
    if isinstance(channels, list) and len(channels) != 1:
        yield f"InputDataConfig has {len(channels)} channels; only one training channel here."
    for channel in channels if isinstance(channels, list) else []:
        yield from _channel(channel)


def _channel(channel: Request) -> Iterator[str]:
    where = "InputDataConfig"
    yield from only(channel, "ChannelType", ("training",), where)
    yield from only(channel, "CompressionType", ("None",), where)
    yield from only(channel, "ContentType", CONTENT_TYPES, where)
    yield from absent(channel, ("SampleWeightAttributeName",), where)
    source = (channel.get("DataSource") or {}).get("S3DataSource") or {}
    kinds = ("S3Prefix", "ManifestFile")
    yield from only(source, "S3DataType", kinds, f"{where}.DataSource.S3DataSource")
