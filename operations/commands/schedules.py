"""`schedules`: list what starts pipelines, and when."""

from __future__ import annotations

from dataclasses import asdict

from operations.environment_clients import EnvironmentClients
from operations.options import Json
from operations.output import print_rows, show
from operations.schedules import as_text, expression_text, start_rules, times_text

HELP = "List the rules and schedules that start pipelines, with the next times in local time."
POLICY = "reader"
EXAMPLES = ("redline schedules", "redline --env prod schedules --json")
_TITLES = ("pipeline", "schedule", "state", "next", "rule", "parameters")


def run(aws: EnvironmentClients, *, as_json: Json = False) -> int:
    """List the rules."""
    found = start_rules(aws)
    if found and not as_json:
        print_rows(
            _TITLES,
            [
                (
                    aws.short(each.pipeline),
                    expression_text(each),
                    "enabled" if each.enabled else "disabled",
                    times_text(each),
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
