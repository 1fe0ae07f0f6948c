"""The EventBridge rules that start the pipelines of an environment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.environment_clients import EnvironmentClients


@dataclass(frozen=True)
class StartRule:
    """A rule that starts a pipeline, by a schedule or because of events (`schedule` is None).

    `role` is the name of the role with which the rule starts it.
    """

    rule: str
    pipeline: str
    schedule: str | None
    enabled: bool
    parameters: Mapping[str, str]
    description: str
    role: str


def start_rules(aws: EnvironmentClients) -> list[StartRule]:
    """Return the rules of the environment that start pipelines, sorted by pipeline."""
    found = [
        each
        for rule in aws.pages("events", "list_rules", "Rules", NamePrefix=aws.prefix)
        for each in _starts(aws, rule)
    ]
    return sorted(found, key=lambda each: (each.pipeline, each.rule))


def _starts(aws: EnvironmentClients, rule: Mapping[str, Any]) -> Iterator[StartRule]:
    for target in aws.pages("events", "list_targets_by_rule", "Targets", Rule=rule["Name"]):
        if ":pipeline/" in target["Arn"]:
            yield StartRule(
                rule=rule["Name"],
                pipeline=target["Arn"].rpartition("/")[2],
                schedule=rule.get("ScheduleExpression"),
                enabled=rule["State"] != "DISABLED",
                parameters=_parameters(target),
                description=rule.get("Description", ""),
                role=target.get("RoleArn", "").rpartition("/")[2],
            )


def _parameters(target: Mapping[str, Any]) -> dict[str, str]:
    listed = target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
    return {each["Name"]: each["Value"] for each in listed}


def schedule_text(rules: list[StartRule]) -> str:
    """Return the schedules as text."""
    schedules = [rule for rule in rules if rule.schedule]
    return ", ".join(
        f"{rule.schedule}{'' if rule.enabled else ' (disabled)'}" for rule in schedules
    )


def as_text(document: Mapping[str, Any]) -> str:
    """Return parameters as `Name=value` texts."""
    return " ".join(
        f"{name}={value if isinstance(value, str) else json.dumps(value)}"
        for name, value in document.items()
    )
