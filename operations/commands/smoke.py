"""The command `smoke`: deploys, uses and destroys an environment, and records every call."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import boto3
import typer
from rich.console import Console
from rich.text import Text

from operations.environment_clients import EnvironmentClients
from operations.options import Json
from operations.smoke.phase import BATCH, MONITOR, TRAINING, SmokeRun
from operations.smoke.phases import PHASES
from operations.smoke.recorder import Recorder
from operations.smoke.runner import PhaseResult, run_phases
from operations.stack_resources import remaining_of_stacks
from stacks.config import ConfigurationError

HELP = "Deploy, use and destroy an environment that does not exist yet, and record every call."
POLICY = "administrator"
EXAMPLES = ("redline --env dev smoke",)
_MARKS = {"ok": ("✓", "green"), "failed": ("✗", "red"), "skipped": ("-", "yellow")}


def run(
    aws: EnvironmentClients,
    *,
    recordings: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER", help="Folder in which this run creates the folder of its recording."
        ),
    ] = Path("recordings"),
    deploy: Annotated[
        str, typer.Option(metavar="COMMAND", help="The command that deploys the environment.")
    ] = "cdk deploy --all --require-approval never --progress events -c env={environment}",
    destroy: Annotated[
        str, typer.Option(metavar="COMMAND", help="The command that destroys the environment.")
    ] = "cdk destroy --all --force -c env={environment}",
    as_json: Json = False,
) -> int:
    """Run all phases and print what they saw. Return 1 if a phase failed.

    Raises `ConfigurationError` if the environment cannot be used, or exists.
    """
    name = aws.name
    recorder = _attached_recorder(aws)
    _check(aws)
    folder = recordings / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    folder.mkdir(parents=True)
    console = Console(stderr=as_json, highlight=False, soft_wrap=True)
    results = []
    with console.status("") as status:
        smoke = SmokeRun(
            aws,
            deploy=deploy.format(environment=name),
            destroy=destroy.format(environment=name),
            folder=folder,
            progress=lambda line: status.update(Text(line[: console.width - 4])),
        )
        for result in run_phases(PHASES, smoke, recorder):
            results.append(result)
            _print(result, console)
    failed = [each.phase for each in results if each.status == "failed"]
    if as_json:
        print(json.dumps([asdict(each) for each in results], indent=2))
    outcome = "failed" if failed else "succeeded"
    console.print(f"The smoke run of {name} {outcome}. Its recording is in {folder}.")
    if results[-1].phase in failed:
        console.print(f"Resources of {name} still exist: run `make destroy ENV={name}`.")
    return 1 if failed else 0


def _attached_recorder(aws: EnvironmentClients) -> Recorder:
    """Return a recorder of all clients, also of those that the loader of the warehouse creates."""
    boto3.setup_default_session(region_name=aws.region)
    session: Any = boto3.DEFAULT_SESSION
    recorder = Recorder(aws.prefix)
    recorder.attach(session.events)
    return recorder


def _check(aws: EnvironmentClients) -> None:
    """Reject an environment that is not for tests, lacks a pipeline, or exists already."""
    environment = aws.environment
    if environment.retention.removal != "destroy":
        raise ConfigurationError(
            f"{environment.name} retains its data, and a smoke run destroys the environment: name "
            'an environment whose retention.removal is "destroy"'
        )
    if not environment.generated_data:
        raise ConfigurationError(
            f"{environment.name} does not allow generated data, which a smoke run loads: name an "
            "environment whose generated_data is True"
        )
    missing = {TRAINING, BATCH, MONITOR} - {each.name for each in environment.pipelines}
    if missing:
        raise ConfigurationError(
            f"{environment.name} has no pipeline {', '.join(sorted(missing))}: add it to "
            "stacks/environments.py"
        )
    if existing := [each.name for each in remaining_of_stacks(aws) if each.reason == "not deleted"]:
        raise ConfigurationError(
            f"{', '.join(existing)} exists, and a smoke run would destroy it: run "
            f"`make destroy ENV={environment.name}` first, or use another account"
        )


def _print(result: PhaseResult, console: Console) -> None:
    mark, colour = _MARKS[result.status]
    head, *more = result.found.splitlines() or [""]
    seconds = "" if result.status == "skipped" else f"{result.seconds:.1f} s"
    line = Text(mark, style=colour).append(f" {result.phase:<8} {seconds:>9}  {head}", "default")
    console.print(line)
    for each in more:
        console.print(Text(f"{'':22}{each}"))
    if result.status == "failed":
        console.print(Text(f"{'':22}The calls are recorded in {result.recording}."))
