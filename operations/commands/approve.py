"""`approve`: approve a model package and wait until its endpoint serves it."""

from __future__ import annotations

from typing import Annotated

import typer

from operations.environment_clients import EnvironmentClients
from operations.models.decisions import MINUTES, decide
from operations.models.packages import APPROVED, PENDING
from operations.options import Json, Minutes, Reason

HELP = "Approve a model package and wait until its endpoint serves it (exit code 1 if it cannot)."
POLICY = "approver"
EXAMPLES = ("redline approve tickit", 'redline --env prod approve tickit/12 --reason "…"')


def run(
    aws: EnvironmentClients,
    package: Annotated[
        str,
        typer.Argument(
            metavar="PACKAGE",
            help="ARN, PIPELINE/VERSION, or PIPELINE for its newest that waits for approval.",
        ),
    ],
    *,
    reason: Reason = "",
    minutes: Minutes = MINUTES,
    as_json: Json = False,
) -> int:
    """Set the status of the package, then wait."""
    return decide(
        aws, package, now=PENDING, then=APPROVED, reason=reason, minutes=minutes, as_json=as_json
    )
