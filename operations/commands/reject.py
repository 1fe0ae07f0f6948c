"""`reject`: reject a model package and wait until its endpoint serves another."""

from __future__ import annotations

from typing import Annotated

import typer

from operations.environment_clients import EnvironmentClients
from operations.models.decisions import MINUTES, decide
from operations.models.packages import APPROVED, REJECTED
from operations.options import Json, Minutes, Reason

HELP = (
    "Reject a model package and wait until its endpoint serves another (exit code 1 if it cannot)."
)
POLICY = "approver"
EXAMPLES = ("redline reject tickit", 'redline --env prod reject tickit/12 --reason "…"')


def run(
    aws: EnvironmentClients,
    package: Annotated[
        str,
        typer.Argument(
            metavar="PACKAGE",
            help="Its ARN, PIPELINE/VERSION, or PIPELINE for its newest that is approved.",
        ),
    ],
    *,
    reason: Reason = "",
    minutes: Minutes = MINUTES,
    as_json: Json = False,
) -> int:
    """Set the status of the package, then wait."""
    return decide(
        aws, package, now=APPROVED, then=REJECTED, reason=reason, minutes=minutes, as_json=as_json
    )
