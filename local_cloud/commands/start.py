"""`start`: start a pipeline and wait for the end of the execution."""

from __future__ import annotations

import argparse
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.context import Cloud
from local_cloud.errors import LocalCloudError
from local_cloud.output import show
from local_cloud.sagemaker.client.execution_progress import wait
from local_cloud.sagemaker.client.name_lookup import find_pipeline
from local_cloud.sagemaker.client.partial_start import selection_from

HELP = "start a pipeline and wait until it ends (exit code 1 when it fails)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The pipeline, its parameters, and how much of it to run."""
    parser.add_argument("pipeline", metavar="PIPELINE", help="full name, or its last part")
    parser.add_argument(
        "-p",
        "--parameter",
        metavar="NAME=VALUE",
        type=_assignment,
        action="append",
        default=[],
        help="give a pipeline parameter a value",
    )
    parser.add_argument("--display-name", metavar="NAME", help="a name to know the execution by")
    parser.add_argument(
        "--from",
        dest="first_step",
        metavar="STEP",
        help="run STEP and all after it; the steps before are taken from an earlier execution",
    )
    parser.add_argument(
        "--source",
        metavar="EXECUTION",
        help="with --from: the earlier execution (default: the newest that has all it takes)",
    )
    parser.add_argument("--no-wait", action="store_true", help="return at once")


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Start, then wait unless told otherwise."""
    client = cloud.client("sagemaker")
    pipeline = find_pipeline(client, arguments.pipeline)
    arn = _start(client, _request(client, pipeline, arguments))
    if not arguments.no_wait:
        return wait(cloud, arn, json=arguments.json)
    execution_id = arn.rpartition("/")[2]
    show(
        {"pipeline": pipeline, "execution_id": execution_id, "execution_arn": arn},
        text=f"Execution {execution_id} of {pipeline} has started. "
        f"See it with `python -m local_cloud describe {execution_id}`.",
        as_json=arguments.json,
    )
    return 0


def _request(client: Any, pipeline: str, arguments: argparse.Namespace) -> dict[str, Any]:
    request: dict[str, Any] = {
        "PipelineName": pipeline,
        "PipelineParameters": [
            {"Name": name, "Value": value} for name, value in arguments.parameter
        ],
    }
    if arguments.display_name:
        request["PipelineExecutionDisplayName"] = arguments.display_name
    if arguments.first_step:
        request["SelectiveExecutionConfig"] = selection_from(
            client, pipeline, arguments.first_step, source=arguments.source
        )
    return request


def _start(client: Any, request: dict[str, Any]) -> str:
    try:
        arn: str = client.start_pipeline_execution(**request)["PipelineExecutionArn"]
    except ClientError as error:
        raise LocalCloudError(error.response["Error"]["Message"]) from error
    return arn


def _assignment(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value
