"""`versions`: list the model packages with their decisions and metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from operations.environment_clients import EnvironmentClients
from operations.models.endpoints import endpoint_names, endpoint_status
from operations.models.packages import find_group, group_names
from operations.models.versions import Version, versions_of
from operations.options import Json
from operations.output import print_rows, show, utc

HELP = "List the versions of the models: decision, reason, and which one is in service."
POLICY = "reader"
EXAMPLES = ("redline versions", "redline --env prod versions tickit --limit 50")
_TITLES = ("model", "version", "created", "decision", "serves", "reason")


def run(
    aws: EnvironmentClients,
    pipeline: Annotated[
        str | None, typer.Argument(metavar="PIPELINE", help="Only its models.")
    ] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help="The number of versions per model.")] = 20,
    as_json: Json = False,
) -> int:
    """List the versions, the newest first."""
    groups = [find_group(aws, pipeline)] if pipeline else group_names(aws)
    found = [each for group in groups for each in versions_of(aws, group, limit=limit)]
    if as_json or not found:
        none = "There are no versions: start a pipeline that registers a model."
        show([asdict(each) for each in found], text=none, as_json=as_json)
        return 0
    served = set(_served(aws, groups))
    print_rows(_TITLES, [tuple(_cells(aws, each, served)) for each in found])
    return 0


def _served(aws: EnvironmentClients, groups: list[str]) -> Iterator[str]:
    """Yield the ARNs of the packages in service."""
    for name in endpoint_names(aws):
        if name in groups:
            package = endpoint_status(aws.clients("sagemaker"), name).package_arn
            if package:
                yield package


def _cells(aws: EnvironmentClients, each: Version, served: set[str]) -> Iterator[str]:
    yield aws.short(each.group)
    yield str(each.version)
    yield utc(each.created)
    yield each.status
    yield "yes" if each.arn in served else ""
    yield each.refused or each.reason or ""
