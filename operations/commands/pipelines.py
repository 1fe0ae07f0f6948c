"""`pipelines`: list the pipelines with their schedules, last runs, versions and parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from operations.environment_clients import EnvironmentClients
from operations.options import Json
from operations.output import print_rows, show, utc
from operations.overview import LastRun, PipelineOverview, pipeline_overviews
from operations.schedules import as_text

HELP = "List the pipelines: parameters, schedule, last run, versions."
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


def last_run_text(last: LastRun | None) -> str:
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
