"""What each pipeline of an environment does: schedule, last run, versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from execution_reader.definition import parse
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import executions, pipelines
from operations.models.endpoints import endpoint_names, endpoint_status
from operations.models.packages import APPROVED, PENDING, group_names, packages_of
from operations.output import utc
from operations.schedules import StartRule, schedule_text, start_rules


@dataclass(frozen=True)
class RecentRun:
    """An execution of a pipeline."""

    execution_id: str
    status: str
    started: datetime


@dataclass(frozen=True)
class PipelineOverview:
    """A pipeline and its versions.

    `serves` is the version in service, `approved` the newest approved one; `waiting` are versions
    without a decision. `recent_runs` begin with the newest.
    """

    pipeline: str
    schedule: str
    parameters: Mapping[str, Any]
    last_run: RecentRun | None
    recent_runs: tuple[RecentRun, ...]
    endpoint_status: str | None
    serves: int | None
    approved: int | None
    waiting: tuple[int, ...]


def pipeline_overviews(aws: EnvironmentClients, *, runs: int = 1) -> list[PipelineOverview]:
    """Return an overview of each pipeline of the environment, with some of its newest runs."""
    rules, groups, endpoints = start_rules(aws), group_names(aws), endpoint_names(aws)
    return [
        _overview(aws, each["PipelineName"], rules, groups, endpoints, runs)
        for each in pipelines(aws)
    ]


def last_run_text(last: RecentRun | None) -> str:
    """Return the status and the time of the last run."""
    return f"{last.status} {utc(last.started)}" if last else "none"


def versions_text(each: PipelineOverview) -> str:
    """Return the version in service or else the approved one, and those that wait for approval."""
    texts = []
    if each.serves is not None:
        texts.append(str(each.serves))
    elif each.approved is not None:
        texts.append(f"{each.approved} is approved")
    if each.waiting:
        texts.append(f"{', '.join(map(str, each.waiting))} waits")
    return f"version {', '.join(texts)}" if texts else ""


def _overview(
    aws: EnvironmentClients,
    name: str,
    rules: list[StartRule],
    groups: list[str],
    endpoints: list[str],
    runs: int,
) -> PipelineOverview:
    client = aws.clients("sagemaker")
    definition = parse(client.describe_pipeline(PipelineName=name)["PipelineDefinition"])
    packages = packages_of(client, name) if name in groups else []
    endpoint = endpoint_status(client, name) if name in endpoints else None
    recent = tuple(map(_run, executions(aws, name, limit=runs)))
    return PipelineOverview(
        pipeline=name,
        schedule=schedule_text([rule for rule in rules if rule.pipeline == name]),
        parameters=definition.defaults(),
        last_run=next(iter(recent), None),
        recent_runs=recent,
        endpoint_status=endpoint.status if endpoint else None,
        serves=endpoint.version if endpoint else None,
        approved=next((each.version for each in packages if each.status == APPROVED), None),
        waiting=tuple(each.version for each in packages if each.status == PENDING),
    )


def _run(summary: Mapping[str, Any]) -> RecentRun:
    execution_id = summary["PipelineExecutionArn"].rpartition("/")[2]
    return RecentRun(execution_id, summary["PipelineExecutionStatus"], summary["StartTime"])
