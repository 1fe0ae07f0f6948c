"""Checks of projects: the laptop runs commands over an archive in S3, and refuses the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.build_commands import InvalidSpecification, read_specification
from local_cloud.codebuild.exceptions import InvalidInput

# The members that have an effect, and those without one on the laptop: an encryption key is for
# artifacts, and privileges and machines are those of this machine.
MEMBERS = frozenset(
    {
        *("name", "description", "source", "artifacts", "environment", "serviceRole"),
        *("timeoutInMinutes", "encryptionKey", "tags", "logsConfig"),
    }
)
_SOURCE = frozenset({"type", "location", "buildspec"})
_ENVIRONMENT = frozenset({"type", "image", "computeType", "environmentVariables", "privilegedMode"})


def check_project(project: Mapping[str, Any]) -> None:
    """Raise `InvalidInput` for a member or a value that the laptop does not support."""
    findings = list(_findings(project))
    if findings:
        raise InvalidInput(f"not supported by the laptop cloud: {'; '.join(findings)}")


def _findings(project: Mapping[str, Any]) -> Iterator[str]:
    source, environment = project.get("source", {}), project.get("environment", {})
    yield from _unknown(project, MEMBERS, "")
    yield from _unknown(source, _SOURCE, "source.")
    yield from _unknown(environment, _ENVIRONMENT, "environment.")
    yield from _only(source, "type", "S3", "source.")
    yield from _only(project.get("artifacts", {}), "type", "NO_ARTIFACTS", "artifacts.")
    yield from _only(environment, "type", "LINUX_CONTAINER", "environment.")
    for variable in environment.get("environmentVariables") or []:
        if variable.get("type", "PLAINTEXT") != "PLAINTEXT":
            yield f"{variable['name']} of type {variable['type']}, allowed is PLAINTEXT"
    logs = project.get("logsConfig") or {}
    yield from _unknown(logs, {"cloudWatchLogs"}, "logsConfig.")
    yield from _unknown(
        logs.get("cloudWatchLogs") or {}, {"status", "groupName"}, "logsConfig.cloudWatchLogs."
    )
    try:
        read_specification(source.get("buildspec") or "")
    except InvalidSpecification as error:
        yield f"source.buildspec {error}"


def _unknown(given: Mapping[str, Any], known: frozenset[str] | set[str], where: str) -> list[str]:
    return [f"{where}{name}" for name in sorted(set(given) - known)]


def _only(given: Mapping[str, Any], member: str, allowed: str, where: str) -> list[str]:
    value = given.get(member)
    return [] if value == allowed else [f"{where}{member} {value!r}, allowed is {allowed}"]
