"""What starts the pipelines of an environment: rules, and schedules of EventBridge Scheduler."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from operations.environment_clients import EnvironmentClients
from operations.schedule_expressions import InvalidSchedule, firings, is_rate

_SHOWN_TIMES = 3


@dataclass(frozen=True)
class StartRule:
    """A rule that starts a pipeline, by a schedule or because of events (`schedule` is None).

    `role` is the name of the role with which the rule starts it. With a `time_zone` it is not a
    rule but a schedule of EventBridge Scheduler. `next_times` are in UTC; they are unknown for a
    rate, which counts from a moment that no API tells.
    """

    rule: str
    pipeline: str
    schedule: str | None
    enabled: bool
    parameters: Mapping[str, str]
    description: str
    role: str
    time_zone: str | None = None
    next_times: tuple[datetime, ...] = ()


def start_rules(aws: EnvironmentClients, *, now: datetime | None = None) -> list[StartRule]:
    """Return what starts pipelines of the environment, sorted by pipeline."""
    since = now or datetime.now(UTC)
    found = [
        each
        for rule in aws.pages("events", "list_rules", "Rules", NamePrefix=aws.prefix)
        for each in _starts(aws, rule, since)
    ]
    zoned = aws.pages("scheduler", "list_schedules", "Schedules", NamePrefix=aws.prefix)
    found += [_zoned(aws, each, since) for each in zoned if ":pipeline/" in each["Target"]["Arn"]]
    return sorted(found, key=lambda each: (each.pipeline, each.rule))


def _starts(
    aws: EnvironmentClients, rule: Mapping[str, Any], since: datetime
) -> Iterator[StartRule]:
    schedule, enabled = rule.get("ScheduleExpression"), rule["State"] != "DISABLED"
    for target in aws.pages("events", "list_targets_by_rule", "Targets", Rule=rule["Name"]):
        if ":pipeline/" in target["Arn"]:
            yield StartRule(
                rule=rule["Name"],
                pipeline=target["Arn"].rpartition("/")[2],
                schedule=schedule,
                enabled=enabled,
                parameters=_parameters(target),
                description=rule.get("Description", ""),
                role=target.get("RoleArn", "").rpartition("/")[2],
                next_times=_next_times(schedule, None, since) if enabled else (),
            )


def _zoned(aws: EnvironmentClients, listed: Mapping[str, Any], since: datetime) -> StartRule:
    schedule = aws.clients("scheduler").get_schedule(
        Name=listed["Name"], GroupName=listed["GroupName"]
    )
    expression, zone = schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]
    enabled = schedule["State"] == "ENABLED"
    return StartRule(
        rule=schedule["Name"],
        pipeline=schedule["Target"]["Arn"].rpartition("/")[2],
        schedule=expression,
        enabled=enabled,
        parameters=_parameters(schedule["Target"]),
        description=schedule.get("Description") or "",
        role=schedule["Target"]["RoleArn"].rpartition("/")[2],
        time_zone=zone,
        next_times=_next_times(expression, zone, since) if enabled else (),
    )


def _next_times(
    schedule: str | None, time_zone: str | None, since: datetime
) -> tuple[datetime, ...]:
    if schedule is None or is_rate(schedule):
        return ()
    try:
        times = firings(schedule, time_zone, since, datetime.max.replace(tzinfo=UTC))
        return tuple(islice(times, _SHOWN_TIMES))
    except InvalidSchedule:  # of a rule that another tool has created
        return ()


def _parameters(target: Mapping[str, Any]) -> dict[str, str]:
    listed = target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
    return {each["Name"]: each["Value"] for each in listed}


def schedule_text(rules: list[StartRule]) -> str:
    """Return the schedules as text, with the next time of all of them."""
    schedules = [rule for rule in rules if rule.schedule]
    texts = [f"{_with_zone(rule)}{'' if rule.enabled else ' (disabled)'}" for rule in schedules]
    times = [time for rule in schedules for time in rule.next_times]
    return ", ".join(texts) + (f"; next {local(min(times))}" if times else "")


def expression_text(rule: StartRule) -> str:
    """Return the schedule with its time zone; "events" for a rule without a schedule."""
    return _with_zone(rule) if rule.schedule else "events"


def times_text(rule: StartRule) -> str:
    """Return the next times in local time, or why they are not shown."""
    if not rule.enabled or rule.schedule is None:
        return ""
    if is_rate(rule.schedule):
        return "at this interval since it was deployed"
    return ", ".join(map(local, rule.next_times)) or "never"


def local(moment: datetime) -> str:
    """Return a time in the time zone of this machine."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M %Z}"


def _with_zone(rule: StartRule) -> str:
    return f"{rule.schedule} {rule.time_zone}" if rule.time_zone else str(rule.schedule)


def as_text(document: Mapping[str, Any]) -> str:
    """Return parameters as `Name=value` texts."""
    return " ".join(
        f"{name}={value if isinstance(value, str) else json.dumps(value)}"
        for name, value in document.items()
    )
