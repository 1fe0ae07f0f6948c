"""`start`: start a pipeline and wait until the execution ends."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from operations.environment_clients import EnvironmentClients
from operations.errors import explained_rejection
from operations.executions.lookup import find_pipeline
from operations.executions.parameter_values import check_values
from operations.executions.progress import wait
from operations.executions.selection import selection_from
from operations.options import Json, NoWait, PipelineName
from operations.output import show

HELP = "Start a pipeline and follow it until it ends (exit code 1 if it fails)."
POLICY = "operator"
EXAMPLES = (
    "redline start tickit",
    "redline --env dev start tickit -p MaxErrorRatio=0.8 --display-name stricter",
    "redline start tickit --from Train",
)


def _assignment(text: str) -> str:
    name, sign, _ = text.partition("=")
    if not name or not sign:
        raise typer.BadParameter(f"{text!r} is not of the form NAME=VALUE")
    return text


Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter",
        "-p",
        metavar="NAME=VALUE",
        parser=_assignment,
        show_default=False,
        help="Set a pipeline parameter; can be repeated.",
    ),
]


def run(
    aws: EnvironmentClients,
    pipeline: PipelineName,
    *,
    parameters: Parameters = None,
    display_name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Display name of the execution.")
    ] = None,
    first_step: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="STEP",
            help="Run STEP and all steps after it, with the results of an earlier execution.",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            metavar="EXECUTION",
            help="With --from: the earlier execution (default: the newest with all these steps).",
        ),
    ] = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> int:
    """Start the pipeline, then wait unless --no-wait is set."""
    name = find_pipeline(aws, pipeline)
    request: dict[str, Any] = {
        "PipelineName": name,
        "PipelineParameters": [_parameter(each) for each in parameters or []],
    }
    if display_name:
        request["PipelineExecutionDisplayName"] = display_name
    if first_step:
        request["SelectiveExecutionConfig"] = selection_from(aws, name, first_step, source=source)
    given = {each["Name"]: each["Value"] for each in request["PipelineParameters"]}
    check_values(aws.clients("sagemaker"), name, given)
    with explained_rejection():
        started = aws.clients("sagemaker").start_pipeline_execution(**request)
    arn: str = started["PipelineExecutionArn"]
    if not no_wait:
        return wait(aws, arn, json=as_json)
    execution_id = arn.rpartition("/")[2]
    show(
        {"pipeline": name, "execution_id": execution_id, "execution_arn": arn},
        text=f"Execution {execution_id} of {name} has started. "
        f"See it with `redline describe {execution_id}`.",
        as_json=as_json,
    )
    return 0


def _parameter(assignment: str) -> dict[str, str]:
    name, _, value = assignment.partition("=")
    return {"Name": name, "Value": value}
