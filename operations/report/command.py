"""The command `report`: writes the report of an execution, also of one that runs."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from operations.environment_clients import EnvironmentClients
from operations.lake import lake_bucket
from operations.report.lookup import LATEST, find_execution
from run_report import Source, collect, page

HELP = "write the report of an execution as one HTML file, also while the execution runs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the execution and the file."""
    parser.add_argument(
        "execution",
        metavar="EXECUTION",
        help=f"ID, ARN, or {LATEST!r} for the newest execution of all pipelines",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        help="file to write (default: report-EXECUTION.html in this folder)",
    )


def run(arguments: argparse.Namespace, aws: EnvironmentClients) -> int:
    """Write the file, and print its name or, with --json, the facts."""
    execution = find_execution(aws, arguments.execution)
    facts = collect(
        Source(
            client=aws.clients,
            environment=aws.environment.name,
            pipeline=execution.pipeline.removeprefix(aws.prefix),
            bucket=lake_bucket(aws),
        ),
        execution.arn,
    )
    file = arguments.output or Path(f"report-{facts.execution_id}.html")
    file.write_text(page(facts), encoding="utf-8")
    if arguments.json:
        print(json.dumps({"file": str(file), **asdict(facts)}, default=str, indent=2))
    else:
        print(f"{facts.pipeline} {facts.execution_id} ({facts.status}): {file}")
    return 0
