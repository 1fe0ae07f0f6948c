"""The members of requests that the laptop cloud applies. It rejects all others by name.

https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_StartJobRun.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moto.emrserverless.exceptions import ValidationException

from local_cloud.emr.supported_members import unsupported_member
from local_cloud.sagemaker.containers.spark_processing.configuration import properties_of
from local_cloud.sagemaker.containers.spark_processing.submit_error import SubmitError

Members = Mapping[str, Any]
_APPLICATION = frozenset(
    {
        *("clientToken", "monitoringConfiguration", "name", "releaseLabel", "runtimeConfiguration"),
        *("tags", "type"),
        # They start, size or place workers.
        *("architecture", "autoStartConfiguration", "autoStopConfiguration", "initialCapacity"),
        *("maximumCapacity", "networkConfiguration"),
    }
)
_RUN = frozenset(
    {
        *("applicationId", "clientToken", "configurationOverrides", "executionRoleArn"),
        *("executionTimeoutMinutes", "jobDriver", "name", "tags"),
    }
)
_OVERRIDES = frozenset({"applicationConfiguration", "monitoringConfiguration"})
_MONITORING = frozenset(
    {
        *("cloudWatchLoggingConfiguration", "s3MonitoringConfiguration"),
        # EMR's own store of logs for its console.
        "managedPersistenceMonitoringConfiguration",
    }
)


def check_application(request: Members) -> None:
    """Raise ValidationException for a CreateApplication that the laptop cloud cannot perform."""
    _only("", request, _APPLICATION)
    if str(request["type"]).upper() != "SPARK":
        raise ValidationException(
            f"the type {request['type']} is not supported: supported is SPARK"
        )
    _only("monitoringConfiguration.", request.get("monitoringConfiguration") or {}, _MONITORING)
    properties(request.get("runtimeConfiguration") or [])


def check_run(request: Members) -> None:
    """Raise ValidationException for a StartJobRun that the laptop cloud cannot perform."""
    _only("", request, _RUN)
    _only("jobDriver.", request.get("jobDriver") or {}, frozenset({"sparkSubmit"}))
    if not (request.get("jobDriver") or {}).get("sparkSubmit"):
        raise ValidationException("jobDriver.sparkSubmit is required")
    overrides = request.get("configurationOverrides") or {}
    _only("configurationOverrides.", overrides, _OVERRIDES)
    _only("monitoringConfiguration.", overrides.get("monitoringConfiguration") or {}, _MONITORING)
    properties(overrides.get("applicationConfiguration") or [])


def properties(configuration: Sequence[Members]) -> dict[str, str]:
    """Return the properties of Spark in a list of classifications; others are rejected."""
    entries = [
        {
            "Classification": each.get("classification"),
            "Properties": each.get("properties"),
        }
        for each in configuration
    ]
    try:
        return properties_of(entries, source="applicationConfiguration")
    except SubmitError as error:
        raise ValidationException(str(error)) from error


def _only(path: str, given: Members, known: frozenset[str]) -> None:
    if reason := unsupported_member(path, given, known):
        raise ValidationException(reason)
