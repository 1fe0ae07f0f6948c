"""`status`: show on one screen what runs, what serves and what needs attention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from rich.console import Console

from operations import OperationError
from operations.alarm_states import alarm_states
from operations.environment_clients import EnvironmentClients
from operations.options import Json
from operations.output import print_rows, show
from operations.overview import PipelineOverview, last_run_text, pipeline_overviews, versions_text

HELP = "Show on one screen what runs, what serves, and what needs attention."
POLICY = "reader"
EXAMPLES = ("redline status", "redline --env prod status --json")
_TITLES = ("pipeline", "last run", "versions")
_GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
_MOST_LISTED = 5


def run(aws: EnvironmentClients, *, as_json: Json = False) -> int:
    """Show the stacks, the pipelines and the alarms. Return 0."""
    stacks = {
        each["StackName"]: each["StackStatus"]
        for each in aws.pages("cloudformation", "describe_stacks", "Stacks")
        if each["StackName"].startswith(aws.prefix)
    }
    if not stacks:
        raise OperationError(f"{aws.name} is not deployed in {aws.region}: deploy it first.")
    overviews, alarms = pipeline_overviews(aws), [each for each in alarm_states(aws) if each.is_on]
    if as_json:
        document = {
            "environment": aws.name,
            "region": aws.region,
            "stacks": stacks,
            "pipelines": [asdict(each) for each in overviews],
            "alarms": [asdict(each) for each in alarms],
        }
        show(document, text="", as_json=True)
        return 0
    console = Console(highlight=False, soft_wrap=True)
    where = "on the laptop cloud" if aws.is_laptop else "on AWS"
    console.print(f"{aws.name} in {aws.region} {where}", style="bold", markup=False)
    print_rows(_TITLES, [_cells(aws, each) for each in overviews])
    for line in _attention(aws, stacks, overviews, [each.name for each in alarms]):
        console.print(line, markup=False)
    return 0


def _cells(aws: EnvironmentClients, each: PipelineOverview) -> tuple[str, str, str]:
    return aws.short(each.pipeline), last_run_text(each.last_run), versions_text(each)


def _attention(
    aws: EnvironmentClients,
    stacks: dict[str, str],
    overviews: list[PipelineOverview],
    alarms: list[str],
) -> Iterator[str]:
    bad = [f"{name} ({status})" for name, status in stacks.items() if status not in _GOOD]
    yield f"Stacks: {len(stacks)}" + (f", not complete: {_listed(bad)}" if bad else ", complete")
    changing = [
        f"{aws.short(each.pipeline)} ({each.endpoint_status})"
        for each in overviews
        if each.endpoint_status not in (None, "InService")
    ]
    if changing:
        yield f"Endpoints that are not InService: {_listed(changing)} (`redline endpoints`)"
    waiting = [aws.short(each.pipeline) for each in overviews if each.waiting]
    if waiting:
        yield f"Waits for approval: {_listed(waiting)} (`redline versions`)"
    yield (
        f"Alarms that are on: {_listed(alarms)} (`redline alarms --on`)"
        if alarms
        else ("No alarm is on.")
    )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return ", ".join(names[:_MOST_LISTED]) + more
