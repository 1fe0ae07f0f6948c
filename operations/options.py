"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.executions.lookup import LATEST

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
EnvironmentName = Annotated[
    str | None,
    typer.Option(
        "--env",
        metavar="ENV",
        envvar="REDLINE_ENV",
        show_default=False,
        help="The environment: local, dev, … (default: local; with --state the last deployed one)",
    ),
]
StateFolder = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="DIR",
        show_default=False,
        help="State folder of a laptop cloud, which is used instead of AWS.",
    ),
]
PipelineName = Annotated[
    str, typer.Argument(metavar="PIPELINE", help="The pipeline: tickit, …, or its full name.")
]
Execution = Annotated[
    str,
    typer.Argument(
        metavar="EXECUTION",
        help=f"Id or ARN, '{LATEST}' for the newest of all pipelines, or 'PIPELINE/{LATEST}'.",
    ),
]
Templates = Annotated[
    Path,
    typer.Option(
        "--app", metavar="FOLDER", help="Folder with the synthesised templates of the environment."
    ),
]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Do not wait.")]
Minutes = Annotated[float, typer.Option(help="The longest wait.")]
Reason = Annotated[str, typer.Option(help="Why; it is the ApprovalDescription.")]
