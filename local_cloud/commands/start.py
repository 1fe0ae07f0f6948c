"""`start`: start a pipeline and wait until the execution ends."""

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

HELP = "start a pipeline and wait until it ends (exit code 1 if it fails)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments for the pipeline, its parameters, and the steps to run."""
    parser.add_argument("pipeline", metavar="PIPELINE", help="full name, or its last part")
    parser.add_argument(
        "-p",
        "--parameter",
        metavar="NAME=VALUE",
        type=_assignment,
        action="append",
        default=[],
        help="set a pipeline parameter",
    )
    parser.add_argument("--display-name", metavar="NAME", help="display name of the execution")
    parser.add_argument(
        "--from",
        dest="first_step",
        metavar="STEP",
        help="run STEP and all steps after it; use the results of an earlier execution before STEP",
    )
    parser.add_argument(
        "--source",
        metavar="EXECUTION",
        help="with --from: the earlier execution (default: the newest with all required steps)",
    )
    parser.add_argument("--no-wait", action="store_true", help="do not wait")


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Start the pipeline, then wait unless --no-wait is set."""
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
