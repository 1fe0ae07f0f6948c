"""`logs`: print the logs of a step's job."""

from __future__ import annotations

from typing import Annotated

import typer

from operations.environment_clients import EnvironmentClients
from operations.executions.logs import read_step_logs
from operations.executions.lookup import find_execution
from operations.options import Execution, Json
from operations.output import show

HELP = "Print the logs of the job or the function of a step."
POLICY = "reader"
EXAMPLES = ("redline logs latest Train", "redline --env prod logs tickit/latest Preprocess | less")


def run(
    aws: EnvironmentClients,
    execution: Execution,
    step: Annotated[str, typer.Argument(metavar="STEP", help="Name of the step.")],
    *,
    as_json: Json = False,
) -> int:
    """Print the logs."""
    lines = read_step_logs(aws, find_execution(aws, execution), step)
    several = len({line.host for line in lines}) > 1
    texts = [f"{line.host}  {line.message}" if several else line.message for line in lines]
    text = "\n".join(texts) or f"The log of the step {step} has no lines."
    show([vars(line) for line in lines], text=text, as_json=as_json)
    return 0
