"""`schedules`: list the rules that start pipelines."""

from __future__ import annotations

from dataclasses import asdict

from operations.environment_clients import EnvironmentClients
from operations.options import Json
from operations.output import print_rows, show
from operations.schedules import as_text, start_rules

HELP = "List the rules that start pipelines: by a schedule (in UTC), or because of events."
EXAMPLES = ("redline schedules", "redline --env prod schedules --json")
_TITLES = ("pipeline", "schedule", "state", "rule", "parameters")


def run(aws: EnvironmentClients, *, as_json: Json = False) -> int:
    """List the rules."""
    found = start_rules(aws)
    if found and not as_json:
        print_rows(
            _TITLES,
            [
                (
                    aws.short(each.pipeline),
                    each.schedule or "events",
                    "enabled" if each.enabled else "disabled",
                    each.rule,
                    as_text(each.parameters),
                )
                for each in found
            ],
        )
    else:
        none = f"No rule of {aws.name} starts a pipeline."
        show([asdict(each) for each in found], text=none, as_json=as_json)
    return 0
