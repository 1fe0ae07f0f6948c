"""`runs`: list the executions of all pipelines, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from execution_reader.execution import pipeline_of, started_steps
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import executions, find_pipeline, not_run
from operations.options import Json
from operations.output import print_rows, show, utc

HELP = "List the newest executions of all pipelines or of one, and why they failed."
POLICY = "reader"
EXAMPLES = ("redline runs", "redline --env prod runs tickit --limit 100", "redline runs --json")
_TITLES = ("execution", "pipeline", "status", "started", "name", "reason")


def run(
    aws: EnvironmentClients,
    pipeline: Annotated[
        str | None, typer.Argument(metavar="PIPELINE", help="Only this pipeline.")
    ] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help="The number of executions.")] = 20,
    as_json: Json = False,
) -> int:
    """List the executions."""
    only = find_pipeline(aws, pipeline) if pipeline else None
    found = [_entry(aws, summary) for summary in executions(aws, only, limit=limit)]
    if found and not as_json:
        print_rows(_TITLES, [tuple(_cells(aws, entry)) for entry in found])
    else:
        show(found, text=not_run(aws, only), as_json=as_json)
    return 0


def _entry(aws: EnvironmentClients, summary: dict[str, Any]) -> dict[str, Any]:
    arn = summary["PipelineExecutionArn"]
    return {
        "execution_id": arn.rpartition("/")[2],
        "pipeline": pipeline_of(arn),
        "status": summary["PipelineExecutionStatus"],
        "started": summary["StartTime"],
        "display_name": summary.get("PipelineExecutionDisplayName"),
        "failure_reason": summary.get("PipelineExecutionFailureReason"),
        "failed_steps": _failed_steps(aws, summary),
        "execution_arn": arn,
    }


def _failed_steps(aws: EnvironmentClients, summary: dict[str, Any]) -> dict[str, str]:
    """Return the reasons of the failed steps: that of an execution only says that steps failed."""
    if summary["PipelineExecutionStatus"] != "Failed":
        return {}
    steps = started_steps(aws.clients("sagemaker"), summary["PipelineExecutionArn"])
    return {name: step.reason for name, step in steps.items() if step.reason}


def _cells(aws: EnvironmentClients, entry: dict[str, Any]) -> Iterator[str]:
    yield entry["execution_id"]
    yield aws.short(entry["pipeline"])
    yield entry["status"]
    yield utc(entry["started"])
    yield entry["display_name"] or ""
    steps = [f"{step}: {reason}" for step, reason in entry["failed_steps"].items()]
    yield "\n".join(steps) or entry["failure_reason"] or ""
