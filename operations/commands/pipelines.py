"""`pipelines`: list the pipelines with their schedules, last runs, versions and parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from operations.environment_clients import EnvironmentClients
from operations.options import Json
from operations.output import print_rows, show
from operations.overview import PipelineOverview, last_run_text, pipeline_overviews, versions_text
from operations.schedules import as_text

HELP = "List the pipelines: parameters, schedule, last run, versions."
POLICY = "reader"
EXAMPLES = ("redline pipelines", "redline --env prod pipelines --json")
_TITLES = ("pipeline", "schedule", "last run", "execution", "versions", "parameters")


def run(aws: EnvironmentClients, *, as_json: Json = False) -> int:
    """List the pipelines."""
    found = pipeline_overviews(aws)
    if found and not as_json:
        print_rows(_TITLES, [tuple(_cells(aws, each)) for each in found])
    else:
        none = f"{aws.name} has no pipelines in {aws.region}: it is not deployed."
        show([asdict(each) for each in found], text=none, as_json=as_json)
    return 0


def _cells(aws: EnvironmentClients, each: PipelineOverview) -> Iterator[str]:
    yield aws.short(each.pipeline)
    yield each.schedule
    yield last_run_text(each.last_run)
    yield each.last_run.execution_id if each.last_run else ""
    yield versions_text(each)
    yield as_text(each.parameters)
