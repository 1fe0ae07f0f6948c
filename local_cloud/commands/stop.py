"""`stop`: stop a running execution."""

from __future__ import annotations

import argparse

from botocore.exceptions import ClientError

from local_cloud.context import Cloud
from local_cloud.errors import LocalCloudError
from local_cloud.output import show
from local_cloud.sagemaker.client.name_lookup import LATEST, find_execution

HELP = "stop a running execution and the jobs of its steps"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument for the execution."""
    parser.add_argument(
        "execution",
        metavar="EXECUTION",
        help=f"id, ARN, or {LATEST!r} for the newest of all pipelines",
    )


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Request the stop. The steps may need some seconds to end."""
    client = cloud.client("sagemaker")
    arn = find_execution(client, arguments.execution)
    try:
        client.stop_pipeline_execution(PipelineExecutionArn=arn)
    except ClientError as error:
        raise LocalCloudError(error.response["Error"]["Message"]) from error
    execution_id = arn.rpartition("/")[2]
    show(
        {"execution_id": execution_id, "execution_arn": arn, "status": "Stopping"},
        text=f"Execution {execution_id} is stopping.",
        as_json=arguments.json,
    )
    return 0
