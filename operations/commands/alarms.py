"""`alarms`: list the alarms and their states."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from operations.alarm_states import alarm_states
from operations.environment_clients import EnvironmentClients
from operations.options import Json
from operations.output import print_rows, show, utc

HELP = "List the alarms of an environment and their states; those that are on first."
POLICY = "reader"
EXAMPLES = ("redline alarms", "redline --env prod alarms --on")
_TITLES = ("state", "since", "alarm", "meaning", "reason")


def run(
    aws: EnvironmentClients,
    *,
    on: Annotated[bool, typer.Option("--on", help="Only alarms in the state ALARM.")] = False,
    as_json: Json = False,
) -> int:
    """List the alarms."""
    alarms = alarm_states(aws)
    found = [each for each in alarms if each.is_on or not on]
    if found and not as_json:
        print_rows(
            _TITLES,
            [
                (each.state, utc(each.since), each.name) + (each.description, each.reason)
                for each in found
            ],
        )
    else:
        none = f"No alarm of {aws.name} is on." if alarms else f"{aws.name} has no alarms."
        show([asdict(each) for each in found], text=none, as_json=as_json)
    return 0
