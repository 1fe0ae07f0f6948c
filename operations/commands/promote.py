"""`promote`: copy an approved version from the registry of another environment."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import boto3
import typer

from operations import OperationError
from operations.connection import connect
from operations.environment_clients import EnvironmentClients
from operations.options import Json
from operations.output import show
from operations.promotion.promote_version import promote_version
from operations.promotion.roles import with_promotion_role

HELP = "Copy an approved version from another environment; it then waits for approval."
POLICY = "administrator"
EXAMPLES = ("redline --env prod promote tickit/12 --from staging",)


def _version(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+/[1-9]\d*", text):
        raise typer.BadParameter(f"{text!r} is not of the form PIPELINE/VERSION")
    return text


def run(
    aws: EnvironmentClients,
    package: Annotated[
        str,
        typer.Argument(
            metavar="PIPELINE/VERSION",
            parser=_version,
            help="The version, by its number in the environment that provides it.",
        ),
    ],
    *,
    source: Annotated[
        str,
        typer.Option("--from", metavar="ENV", help="The environment that provides the version."),
    ],
    source_state: Annotated[
        Path | None,
        typer.Option(
            "--from-state",
            metavar="DIR",
            help="State folder of the laptop cloud of that environment.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Copy the version, unless it was copied before."""
    pipeline, _, version = package.partition("/")
    _check_source(aws, pipeline, source)
    target = with_promotion_role(aws, pipeline)
    # Otherwise the clients of the source would have the credentials of the target's cloud.
    boto3.setup_default_session()
    providing = connect(source, source_state)
    if providing.region != aws.region:
        raise OperationError(
            f"{source} is in {providing.region} and {aws.name} in {aws.region}: a version refers "
            "to images of its region; train in each region"
        )
    provider = with_promotion_role(providing, pipeline)
    promoted = promote_version(provider, target, pipeline, int(version))
    done = (
        f"{package} of {source} is {promoted.arn}, with {promoted.files} files and the SHA-256 "
        f"{promoted.digest}. It waits for approval: `redline --env {aws.name} approve "
        f"{pipeline}/{promoted.arn.rpartition('/')[2]}`"
        if promoted.is_new
        else f"{package} of {source} was promoted before: {promoted.arn} is {promoted.status}."
    )
    show(asdict(promoted), text=done, as_json=as_json)
    return 0


def _check_source(aws: EnvironmentClients, pipeline: str, source: str) -> None:
    """Check the declaration of the target, if there is one, before anything is read."""
    if aws.declared is None:
        return
    declared = {each.name: each.promotion for each in aws.declared.pipelines}
    promotion = declared.get(pipeline)
    receives = promotion.receives_from if promotion else None
    if receives != source:
        raise OperationError(
            f"{pipeline} of {aws.name} receives models from {receives}, not from {source}: set "
            f'promotion=Promotion(receives_from="{source}", …) in stacks/environments.py'
        )
