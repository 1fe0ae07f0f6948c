"""`executions`: list the executions of all pipelines, newest first."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from local_cloud.context import Cloud
from local_cloud.output import print_rows, show
from local_cloud.sagemaker.client.name_lookup import executions, find_pipeline, pipeline_of

HELP = "list the executions of all pipelines or of one, newest first"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the optional argument for the pipeline."""
    parser.add_argument(
        "pipeline",
        metavar="PIPELINE",
        nargs="?",
        help="only this pipeline: full name, or its last part",
    )


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """List the executions."""
    client = cloud.client("sagemaker")
    pipeline = find_pipeline(client, arguments.pipeline) if arguments.pipeline else None
    found = [_entry(summary) for summary in executions(client, pipeline)]
    if found and not arguments.json:
        print_rows(_TITLES, map(_cells, found))
    else:
        show(found, text=_NONE, as_json=arguments.json)
    return 0


_TITLES = ("execution", "pipeline", "status", "started", "name")
_NONE = "No pipeline has run yet. Start one with `python -m local_cloud start PIPELINE`."


def _entry(summary: dict[str, Any]) -> dict[str, Any]:
    arn = summary["PipelineExecutionArn"]
    return {
        "execution_id": arn.rpartition("/")[2],
        "pipeline": pipeline_of(arn),
        "status": summary["PipelineExecutionStatus"],
        "started": summary["StartTime"],
        "display_name": summary.get("PipelineExecutionDisplayName"),
        "execution_arn": arn,
    }


def _cells(entry: dict[str, Any]) -> tuple[str, ...]:
    started: datetime = entry["started"]
    return (
        entry["execution_id"],
        entry["pipeline"],
        entry["status"],
        f"{started:%Y-%m-%d %H:%M:%S}",
        entry["display_name"] or "",
    )
